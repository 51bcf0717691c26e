import { compilePath, compileTemplate } from '#libs/transforms';
import { namesIn } from '../layers.js';
import { child, entriesOf, nodeAt, type MapNode, type Node, type ScalarNode } from '../nodes.js';
import type { Facts } from './facts.js';

/** Texts with placeholders, of routes and endpoints as they are after inheritance: only there the patterns are known. */
export function checkTemplates({ resolved, issues }: Facts): void {
  for (const [section, nodes] of [['routes', resolved.written.routes], ['endpoints', resolved.written.endpoints]] as const) {
    for (const [name, node] of nodes) {
      const patterns = namesIn(section === 'routes' ? nodeAt(node, ['match', 'path']) : child(node, 'at')).map((pattern) => pattern.name);
      for (const { text, at, compile } of templatesOf(node, patterns)) {
        const problem = mistakeIn(() => compile(String(text.value)));
        if (problem !== null) issues.add(text.place, [section, name, ...at], problem);
      }
    }
  }
}

interface Template {
  readonly text: ScalarNode;
  readonly at: readonly string[];
  readonly compile: (text: string) => unknown;
}

function templatesOf(node: MapNode, patterns: readonly string[]): readonly Template[] {
  const paths = ['strip', 'prefix', 'template'].flatMap((key) => {
    const compile = (text: string): void => patterns.forEach((pattern) => explained(pattern, () => compilePath({ [key]: text }, 'keep', undefined, capturesOf(pattern))));
    return textAt(nodeAt(node, ['path', key]), ['path', key], compile);
  });
  const sets = [['headers', 'request', 'set'], ['headers', 'response', 'set'], ['query', 'set']].flatMap((at) =>
    entriesOf(nodeAt(node, at)).flatMap(([key, entry]) => textAt(entry.node, [...at, key], (text) => compileSet(text, patterns))));
  const tags = nodeAt(node, ['cache', 'tags']);
  const listed = (tags?.kind === 'list' ? tags.items : []).flatMap((item, index) => textAt(item, ['cache', 'tags', String(index)], (text) => compileSet(text, patterns)));
  return [...paths, ...sets, ...listed];
}

function textAt(node: Node | undefined, at: readonly string[], compile: Template['compile']): readonly Template[] {
  return node?.kind === 'scalar' && typeof node.value === 'string' && !node.broken ? [{ text: node, at, compile }] : [];
}

function compileSet(text: string, patterns: readonly string[]): void {
  compileTemplate(text);
  for (const pattern of patterns) explained(pattern, () => checkCaptures(text, capturesOf(pattern)));
}

/** Names that a pattern captures. */
export function capturesOf(pattern: string): readonly string[] {
  const names = [...pattern.matchAll(/\/:([A-Za-z]\w*)/g)].map(([, name]) => name as string);
  return pattern.endsWith('/**') ? [...names, 'rest'] : names;
}

/** @throws Error for a `{params.x}` that is not among the captured names. */
export function checkCaptures(text: string, names: readonly string[]): void {
  for (const [, name = ''] of text.matchAll(/\{params\.([^{}]+)\}/g)) {
    if (!names.includes(name)) throw new Error(`"${text}" has the unknown placeholder {params.${name}}${names.length > 0 ? `; captured: ${names.join(', ')}` : ''}`);
  }
}

/** Runs a check on behalf of one pattern, which its error then names. */
export function explained(pattern: string, run: () => unknown): void {
  const problem = mistakeIn(run);
  if (problem !== null) throw new Error(`${problem} (pattern ${pattern})`);
}

/** The message of what is thrown; `null` when nothing is. */
export function mistakeIn(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
