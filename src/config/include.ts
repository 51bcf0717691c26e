import { globSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { interpolate, type Environment } from './interpolate.js';
import type { Issues } from './issues.js';
import { mergeFiles } from './merge-files.js';
import { child, withEntry, type MapNode, type Node, type ScalarNode } from './nodes.js';
import { parseYaml } from './parse-yaml.js';
import { startOf, type Place, type Source } from './place.js';
import { noteRead, readConfigurationFile } from './read-file.js';
import { splitList } from './schema/values.js';

const MAX_FILES = 500;

interface Request {
  /** Absolute. */
  readonly file: string;
  /** Where the file was asked for; the file itself for the first one. */
  readonly place: Place | null;
  /** Real paths of the files that led here. */
  readonly chain: readonly string[];
}

/** Reads the main file and everything it includes into one tree. What is wrong goes to `issues`. */
export class FileReader {
  readonly #read = new Set<string>();

  constructor(private readonly env: Environment, private readonly issues: Issues) {}

  read(file: string): MapNode | null {
    return this.#load({ file: path.resolve(file), place: null, chain: [] });
  }

  #load({ file, place, chain }: Request): MapNode | null {
    const source = sourceOf(file);
    const at = place ?? { ...startOf(source), line: 0 };
    const reading = readConfigurationFile(file);
    if ('problem' in reading) {
      this.issues.add(at, place ? ['include'] : [], place ? `${source.name}: ${reading.problem}` : reading.problem);
      return null;
    }
    const real = realpathSync(file);
    if (chain.includes(real)) {
      this.issues.add(at, ['include'], `${source.name} includes itself${chain.length > 1 ? ` (${[...chain.slice(chain.indexOf(real)), real].map(displayName).join(' > ')})` : ''}`);
      return null;
    }
    // Two files may both include a third: it is merged once.
    if (this.#read.has(real)) return null;
    this.#read.add(real);
    if (this.#read.size > MAX_FILES) return this.#tooMany(at);
    const parsed = parseYaml(reading.text, source, this.issues);
    return parsed === null ? null : this.#withIncludes(this.#top(parsed), [...chain, real]);
  }

  #top(parsed: Node): MapNode | null {
    const node = interpolate(parsed, this.env, this.issues);
    if (node.kind === 'map') return node;
    this.issues.add(node.place, [], 'expected a map of settings at the top, such as `version: 1`');
    return null;
  }

  #withIncludes(node: MapNode | null, chain: readonly string[]): MapNode | null {
    const include = child(node ?? undefined, 'include');
    if (!node || !include) return node;
    let result = node;
    for (const { text, place } of patterns(include)) {
      for (const file of this.#find(text, place)) {
        const added = this.#load({ file, place, chain });
        if (added) result = mergeFiles(result, withEntry(added, 'include', undefined), this.issues);
      }
    }
    return result;
  }

  #find(text: string, place: Place): readonly string[] {
    const optional = text.endsWith('?');
    const pattern = optional ? text.slice(0, -1) : text;
    const { folder } = place.source;
    const absolute = path.resolve(folder, pattern);
    if (!/[*?[\]{}]/.test(pattern)) return optional && missing(absolute) ? [] : [absolute];
    noteRead(path.resolve(folder, fixedPart(pattern)));
    const found = globSync(pattern, { cwd: folder }).map((file) => path.resolve(folder, file)).sort();
    if (found.length === 0 && !optional) this.issues.add(place, ['include'], `no file matches ${pattern}; a trailing \`?\` makes it optional`);
    return found;
  }

  #tooMany(place: Place): null {
    if (this.#read.size === MAX_FILES + 1) this.issues.add(place, ['include'], `more than ${MAX_FILES} files are included`);
    return null;
  }
}

/** The folders of a pattern up to the first that has a wildcard. */
function fixedPart(pattern: string): string {
  const segments = pattern.split('/');
  return segments.slice(0, segments.findIndex((segment) => /[*?[\]{}]/.test(segment))).join('/') || '.';
}

function missing(file: string): boolean {
  const reading = readConfigurationFile(file);
  return 'problem' in reading && reading.problem === 'there is no such file';
}

function patterns(include: Node): readonly { readonly text: string; readonly place: Place }[] {
  const scalars: readonly Node[] = include.kind === 'list' ? include.items : [include];
  return scalars
    .filter((item): item is ScalarNode & { value: string } => item.kind === 'scalar' && typeof item.value === 'string' && !item.broken)
    .flatMap((item) => (include.kind === 'list' ? [item.value] : textsOf(item.value)).map((text) => ({ text, place: item.place })));
}

function textsOf(text: string): readonly string[] {
  const list = splitList(text);
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function sourceOf(file: string): Source {
  return { name: displayName(file), folder: path.dirname(file) };
}

/** A file as people know it: relative where it lies below the working directory. */
export function displayName(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}
