import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Extension } from '#libs/kernel';
import { builtIns } from '../../src/extensions.js';
import { requestStages, serviceStages } from '../../src/proxy/proxy.pipeline.js';
import { ProxyController } from '../../src/proxy/proxy.controller.js';
import { between, filesEnding, read, root, rowsOf } from './markdown.js';

const LIST_ITEM = /^\d+\. `(\w+)`/gm;
const listed = (part: string): string[] => [...between(read('docs/life-of-a-request.md'), part).matchAll(LIST_ITEM)].map(([, name]) => name as string);

describe('docs/life-of-a-request.md', () => {
  it('has the guards of the catch-all, in order', () => {
    const guards = Reflect.getMetadata('__guards__', ProxyController) as readonly { readonly name: string }[];
    expect(listed('guards')).toEqual(guards.map(({ name }) => name));
  });

  it('has the interceptors of the pipeline, in order', () => {
    expect(listed('pipeline')).toEqual([...requestStages, ...serviceStages].map(({ name }) => name));
  });
});

describe('one extension, one file', () => {
  const sources = ['libs', 'src'].flatMap((folder) => filesEnding('.ts', folder)).filter((file) => !/[.](spec|fixture)[.]ts$/.test(file));
  const defining = sources.filter((file) => /^export const \w+ = define(?:Authenticator|Balancer|Discovery|Guard|Interceptor|Transform)\(/m.test(read(file)));

  it.each(defining)('%s exports one extension of its name, which is in the box and has a spec beside it', async (file) => {
    const module = (await import(pathToFileURL(path.join(root, file)).href)) as Record<string, unknown>;
    const extensions = Object.values(module).filter((value): value is Extension => typeof value === 'object' && value !== null && 'kind' in value);
    expect(extensions.map(({ name }) => name)).toEqual([path.basename(file, '.ts')]);
    expect(builtIns).toContain(extensions[0]);
    const [exported] = Object.entries(module).find(([, value]) => value === extensions[0]) as [string, unknown];
    const imported = new RegExp(`import \\{[^}]*\\b${exported}\\b[^}]*\\} from '\\./`);
    const beside = readdirSync(path.join(root, path.dirname(file))).filter((name) => name.endsWith('.spec.ts'));
    expect(beside.filter((name) => imported.test(read(path.join(path.dirname(file), name))))).not.toEqual([]);
  });

  it('covers the whole box', () => expect(defining).toHaveLength(builtIns.length));

  it('every field of every extension is described', () => {
    const bare = builtIns.flatMap(({ name, schema }) => Object.entries(schema.shape)
      .filter(([, field]) => ((field as { description?: string }).description ?? '') === '').map(([key]) => `${name}.${key}`));
    expect(bare).toEqual([]);
  });
});

describe('the map in src/README.md', () => {
  const map = rowsOf(between(read('src/README.md'), 'map'));
  const names = (cell = ''): string[] => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name as string);
  const floors = floorsOf(createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs')) as Rules);

  it('has the floors that dependency-cruiser keeps', () => {
    const drawn = map.filter(([floor]) => /^\d+$/.test(floor ?? '')).map(([floor, rooms, planned]) => [Number(floor), [...names(rooms), ...names(planned)].toSorted()]);
    expect(drawn.toReversed()).toEqual(floors.map((rooms, floor) => [floor, rooms.toSorted()]));
  });

  it('has every room that is there, and calls no other one so', () => {
    const rooms = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(map.filter(([floor]) => floor !== 'roof').flatMap(([, there]) => names(there)).toSorted()).toEqual(rooms.toSorted());
  });

  it.each([['rooms', 'src'], ['libs', 'libs']])('says of all %s what they are for', (part, folder) => {
    const there = readdirSync(path.join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(rowsOf(between(read('src/README.md'), part)).flatMap(([name]) => names(name)).toSorted()).toEqual(there.toSorted());
  });
});

interface Rules {
  readonly forbidden: readonly { readonly name: string; readonly from: { readonly path?: string } }[];
}

/** The rule of each floor names its rooms: `^src/(a|b)/`. */
function floorsOf({ forbidden }: Rules): string[][] {
  return forbidden.filter(({ name }) => /^floor-\d+-/.test(name)).map(({ from }) => /\((.*)\)/.exec(from.path ?? '')?.[1]?.split('|') ?? []);
}

describe('decisions', () => {
  const records = readdirSync(path.join(root, 'docs/adr')).filter((name) => /^\d{4}-/.test(name)).toSorted();

  it('are numbered without a gap, and listed', () => {
    expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
    const titles = records.map((name) => /^# (\d+)\. (.+)$/m.exec(read(`docs/adr/${name}`)) as RegExpExecArray);
    expect(rowsOf(read('docs/adr/README.md'))).toEqual(titles.map(([, number, title], index) => [`[${number}](${records[index]})`, title]));
  });

  it.each(records)('%s says context, decision, consequences and what was rejected', (name) => {
    const text = read(`docs/adr/${name}`);
    expect(text.match(/^## .+$/gm)).toEqual(['## Context', '## Decision', '## Consequences', '## Rejected']);
    expect(text.split('\n').length).toBeLessThanOrEqual(50);
  });

  it('code that is named is there', () => {
    const named = records.flatMap((name) => [...read(`docs/adr/${name}`).matchAll(/`((?:src|libs|docs|bin)\/[\w./-]+)`/g)].map(([, file]) => file as string));
    expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });
});
