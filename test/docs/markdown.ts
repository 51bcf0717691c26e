import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** A fenced block of a page. */
export interface Fence {
  /** Its info string, e.g. `yaml`. */
  readonly language: string;
  readonly text: string;
  /** Name of the file that its first line says it is, e.g. `# gateway.yaml`; `null` for none. */
  readonly file: string | null;
}

export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

const NOT_OURS: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage', '.git', 'data', 'results']);

/** Every file of the checkout with this ending, relative to its root. */
export function filesEnding(ending: string, folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesEnding(ending, name);
    return name.endsWith(ending) ? [name] : [];
  });
}

/** Every page there is. */
export const pages: readonly string[] = filesEnding('.md').toSorted();

const FENCE = /^```([\w-]+)\n(.*?)^```$/gms;
const NAMED = /^(?:#|\/\/) ([\w./-]+\.\w+)\n/;

/** The fenced blocks of a text, in order. */
export function fencesOf(markdown: string): Fence[] {
  return [...markdown.matchAll(FENCE)].map(([, language = '', text = '']) => ({ language, text, file: NAMED.exec(text)?.[1] ?? null }));
}

/** The rows of every table of a text, header and rule left out; cells as written. */
export function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n');
  return lines
    .filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1] ?? ''))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

function isRule(line: string): boolean {
  return /^\|(?:\s*:?-+:?\s*\|)+$/.test(line);
}

/** Targets of the links of a text, fences left out. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(FENCE, '').replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]]/g, ' '));
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target as string);
}

/** The anchors that GitHub makes of a page's headings. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const prose = markdown.replaceAll(FENCE, '');
  return new Set([...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading as string)));
}

function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(/\s/g, '-');
}

/** The part of a page between two comments, e.g. `<!-- guards -->` and `<!-- /guards -->`. */
export function between(markdown: string, name: string): string {
  const found = new RegExp(`<!-- ${name} -->\\n(.*?)<!-- /${name} -->`, 's').exec(markdown);
  if (!found) throw new Error(`There is no part "${name}"`);
  return found[1] as string;
}

/** A test that a page names, and the words the page quotes of it. */
export interface Evidence {
  readonly file: string;
  readonly quotes: readonly string[];
}

/** The tests a cell of a page links to. */
export function evidenceOf(page: string, cell: string): Evidence[] {
  return [...cell.matchAll(/\]\(([^)]+\.spec\.ts)\)([^[]*)/g)].map(([, target, rest]) => ({
    file: path.posix.join(path.posix.dirname(page), target as string),
    quotes: [...(rest as string).matchAll(/“([^”]+)”/g)].map(([, quote]) => quote as string),
  }));
}
