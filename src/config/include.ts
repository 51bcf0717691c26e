import { globSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { leadsElsewhere, remoteDocuments, type RemoteText } from './include-remote.js';
import { interpolate, type Environment } from './interpolate.js';
import type { Issues } from './issues.js';
import { mergeFiles } from './merge-files.js';
import { child, withEntry, type MapNode, type Node, type ScalarNode } from './nodes.js';
import { parseYaml } from './parse-yaml.js';
import { startOf, type Place, type Source } from './place.js';
import { found, noteRead, readConfigurationFile } from './read-file.js';
import { isRemote } from './remote-address.js';
import type { Remotes } from './remotes.js';
import { splitList } from './schema/values.js';

const MAX_FILES = 500;

interface Request {
  /** Absolute. */
  readonly file: string;
  /** Where the file was asked for; the file itself for the first one. */
  readonly place: Place | null;
  /** Real paths of the files that led here, and addresses of what is none. */
  readonly chain: readonly string[];
}

/** The text of a file, or of something like it, and where it was asked for. */
interface Part extends RemoteText, Pick<Request, 'chain'> {
  readonly id: string;
  readonly at: Place;
}

/** Reads the main file and everything it includes into one tree. What is wrong goes to `issues`. */
export class FileReader {
  readonly #read = new Set<string>();

  constructor(private readonly env: Environment, private readonly issues: Issues, private readonly remotes: Remotes) {}

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
    return this.#parse({ id: found(`place ${file}`, () => realpathSync(file)), source, text: reading.text, at, chain });
  }

  #parse({ id, source, text, at, chain }: Part): MapNode | null {
    if (chain.includes(id)) {
      this.issues.add(at, ['include'], `${source.name} includes itself${chain.at(-1) !== id ? ` (${[...chain.slice(chain.indexOf(id)), id].map(displayName).join(' > ')})` : ''}`);
      return null;
    }
    // Two files may both include a third: it is merged once.
    if (this.#read.has(id)) return null;
    this.#read.add(id);
    if (this.#read.size > MAX_FILES) return this.#tooMany(at);
    const parsed = parseYaml(text, source, this.issues);
    return parsed === null ? null : this.#withIncludes(this.#top(parsed), [...chain, id]);
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
      for (const added of this.#included(text, place, chain)) {
        if (added) result = mergeFiles(result, withEntry(added, 'include', undefined), this.issues);
      }
    }
    return result;
  }

  #included(text: string, place: Place, chain: readonly string[]): readonly (MapNode | null)[] {
    if (!leadsElsewhere(text, place)) return this.#find(text, place).map((file) => this.#load({ file, place, chain }));
    return remoteDocuments(text, place, this.remotes, this.issues).map((document) => this.#parse({ ...document, id: document.source.name, at: place, chain }));
  }

  #find(text: string, place: Place): readonly string[] {
    const optional = text.endsWith('?');
    const pattern = optional ? text.slice(0, -1) : text;
    const { folder } = place.source;
    const absolute = path.resolve(folder, pattern);
    if (!/[*?[\]{}]/.test(pattern)) return optional && missing(absolute) ? [] : [absolute];
    const files = found(`files ${absolute}`, () => {
      noteRead(path.resolve(folder, fixedPart(pattern)));
      return globSync(pattern, { cwd: folder }).map((file) => path.resolve(folder, file)).sort();
    });
    if (files.length === 0 && !optional) this.issues.add(place, ['include'], `no file matches ${pattern}; a trailing \`?\` makes it optional`);
    return files;
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
  if (isRemote(file)) return file;
  const relative = path.relative(process.cwd(), file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}
