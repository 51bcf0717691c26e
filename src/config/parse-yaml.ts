import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Pair, type ParsedNode, type YAMLMap } from 'yaml';
import type { Issues } from './issues.js';
import type { Entry, MapNode, Node, ScalarNode } from './nodes.js';
import { startOf, type Place, type Source } from './place.js';

/** Values that aliases may bring in all; a few nested ones can stand for billions. */
const MAX_ALIASED = 50_000;
const MAX_DEPTH = 64;
const TOO_DEEP = 'the values are nested too deeply';

/** Parses YAML 1.2 (and so JSON) into nodes. What is wrong goes to `issues`; `null` when nothing usable is left. */
export function parseYaml(text: string, source: Source, issues: Issues): Node | null {
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (typeof document === 'string') {
    issues.add(startOf(source), [], document);
    return null;
  }
  if (reportSyntax(document, text, (offset) => placeAt(source, lines, offset), issues)) return null;
  if (document.contents === null) {
    issues.add(startOf(source), [], 'the file holds no values');
    return null;
  }
  return new Converter(source, lines, issues).convert(document.contents, []);
}

function parse(text: string, lines: LineCounter): Document.Parsed | string {
  try {
    return parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'core', prettyErrors: false, uniqueKeys: true });
  } catch (error) {
    return error instanceof RangeError ? TOO_DEEP : `not valid YAML: ${String(error)}`;
  }
}

/** One mistake makes the rest of its line look wrong too: the first of each line is told. */
function reportSyntax(document: Document.Parsed, text: string, placeOf: (offset: number) => Place, issues: Issues): boolean {
  const told = new Set<number>();
  const problems = [...document.errors, ...document.warnings];
  for (const { pos, message } of problems) {
    const place = placeOf(pos[0]);
    if (!told.has(place.line)) issues.add(place, [], syntaxMessage(message, text, pos[0]));
    told.add(place.line);
  }
  return problems.length > 0;
}

function placeAt(source: Source, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { source, line: Math.max(1, line), column: Math.max(1, col) };
}

function syntaxMessage(message: string, text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset + 1);
  if (message.includes('call stack')) return TOO_DEEP;
  if (message === 'Map keys must be unique') return 'this key is written twice in one map';
  if (/[{[].*[^"'$]\$\{/.test(line)) return `not valid YAML: ${message}. Inside { } or [ ] an interpolation needs quotes: "\${NAME}"`;
  if (/^[ ]*\t/.test(line)) return 'not valid YAML: tabs cannot indent, use spaces';
  return `not valid YAML: ${message}`;
}

class Converter {
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #open = new Set<ParsedNode>();
  #aliased = 0;
  #aliasDepth = 0;
  #overflow = false;

  constructor(private readonly source: Source, private readonly lines: LineCounter, private readonly issues: Issues) {}

  convert(node: ParsedNode | null, path: readonly string[]): Node {
    if (node === null) return this.#broken(startOf(this.source));
    const place = this.#place(node);
    if (path.length > MAX_DEPTH) return this.#refuse(place, path, `values are nested more than ${MAX_DEPTH} deep`);
    if (this.#aliasDepth > 0 && (this.#aliased += 1) > MAX_ALIASED) return this.#tooMany(place, path);
    if (isAlias(node)) return this.#alias(node.source, place, path);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node as ParsedNode);
    if (isScalar(node)) return this.#scalar(node, place);
    this.#open.add(node);
    const converted: Node = isSeq(node)
      ? { kind: 'list', place, items: node.items.map((item, index) => this.convert(item as ParsedNode, [...path, String(index)])) }
      : this.#map(node as YAMLMap.Parsed, place, path);
    this.#open.delete(node);
    return converted;
  }

  #scalar(node: { value: unknown; source?: string; type?: string | null | undefined }, place: Place): ScalarNode {
    // Whether its sign means something is for the schema to say.
    if (typeof node.value === 'number' && /^\+\d+$/.test(node.source ?? '')) return { kind: 'scalar', place, value: node.source as string, plain: true, from: 'text', whole: true };
    const value = typeof node.value === 'bigint' ? Number(node.value) : (node.value as ScalarNode['value']);
    return { kind: 'scalar', place, value, plain: node.type === 'PLAIN', from: 'text' };
  }

  #map(node: YAMLMap.Parsed, place: Place, path: readonly string[]): MapNode {
    const entries = new Map<string, Entry>();
    const merged: (readonly [string, Entry])[] = [];
    for (const pair of node.items) {
      const key = this.#key(pair, place, path);
      if (key === null) continue;
      const value = pair.value as ParsedNode | null;
      const converted = value === null ? this.#nothing(key.place) : this.convert(value, [...path, key.name]);
      if (key.merge) merged.push(...this.#merge(converted, path));
      else entries.set(key.name, { keyPlace: key.place, node: converted });
    }
    // What is written beside `<<` wins, and among several the first one does.
    for (const [name, entry] of merged) if (!entries.has(name)) entries.set(name, entry);
    return { kind: 'map', place, entries };
  }

  #key(pair: Pair<unknown, unknown>, mapPlace: Place, path: readonly string[]): { name: string; place: Place; merge: boolean } | null {
    const { key } = pair;
    if (!isScalar(key) || key.value === null) {
      this.issues.add(isScalar(key) || isMap(key) || isSeq(key) ? this.#place(key as ParsedNode) : mapPlace, path, 'a key must be a name');
      return null;
    }
    const place = this.#place(key as ParsedNode);
    const name = String(key.value as string | number | boolean);
    if (name === '__proto__') {
      this.issues.add(place, [...path, name], 'this name is not allowed');
      return null;
    }
    return { name, place, merge: name === '<<' && key.type === 'PLAIN' };
  }

  #merge(node: Node, path: readonly string[]): readonly (readonly [string, Entry])[] {
    if (node.kind === 'map') return [...node.entries];
    if (node.kind === 'list' && node.items.every((item) => item.kind === 'map')) return node.items.flatMap((item) => this.#merge(item, path));
    if (node.kind !== 'scalar' || !node.broken) this.issues.add(node.place, path, '`<<` takes a map, or a list of maps');
    return [];
  }

  #alias(name: string, place: Place, path: readonly string[]): Node {
    const target = this.#anchors.get(name);
    if (!target) return this.#refuse(place, path, `there is no anchor &${name} above`);
    if (this.#open.has(target)) return this.#refuse(place, path, `*${name} contains itself`);
    this.#aliasDepth += 1;
    const converted = this.convert(target, path);
    this.#aliasDepth -= 1;
    return converted;
  }

  #tooMany(place: Place, path: readonly string[]): ScalarNode {
    if (this.#overflow) return this.#broken(place);
    this.#overflow = true;
    return this.#refuse(place, path, `aliases bring in more than ${MAX_ALIASED} values`);
  }

  #refuse(place: Place, path: readonly string[], message: string): ScalarNode {
    this.issues.add(place, path, message);
    return this.#broken(place);
  }

  #broken(place: Place): ScalarNode {
    return { ...this.#nothing(place), broken: true };
  }

  #nothing(place: Place): ScalarNode {
    return { kind: 'scalar', place, value: null, plain: true, from: 'text' };
  }

  #place(node: ParsedNode): Place {
    return placeAt(this.source, this.lines, node.range[0]);
  }
}
