import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { anchorsOf, linksOf, pages, read, root } from './markdown.js';

const links = pages.flatMap((page) => linksOf(read(page)).map((target) => [page, target] as const));

describe('links between pages', () => {
  it('lead somewhere', () => {
    const broken = links.filter(([page, target]) => !leadsSomewhere(page, target));
    expect(broken.map(([page, target]) => `${page}: ${target}`)).toEqual([]);
  });

  it('are found', () => expect(links.length).toBeGreaterThan(50));

  it('every page of docs is reached from docs/README.md', () => {
    const reached = new Set(['docs/README.md']);
    for (const page of reached) for (const target of linksOf(read(page))) {
      const found = path.posix.join(path.posix.dirname(page), target.split('#')[0] as string);
      if (found.startsWith('docs/') && found.endsWith('.md') && existsSync(path.join(root, found))) reached.add(found);
    }
    // The intro is a part of the page that is generated from it.
    const unreached = pages.filter((page) => page.startsWith('docs/') && !reached.has(page) && !page.endsWith('.intro.md'));
    expect(unreached).toEqual([]);
  });
});

function leadsSomewhere(page: string, target: string): boolean {
  if (/^https?:\/\//.test(target)) return true;
  const [file = '', anchor] = target.split('#');
  const found = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
  const full = path.join(root, found);
  if (!existsSync(full)) return false;
  return anchor === undefined || (statSync(full).isFile() && anchorsOf(read(found)).has(anchor));
}
