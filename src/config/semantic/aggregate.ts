import { compileCall, compileCombination, compileFixedPath, MISSING } from '#libs/transforms';
import { namesIn } from '../layers.js';
import { child, entriesOf, nodeAt, type Node } from '../nodes.js';
import type { Facts } from './facts.js';
import { capturesOf, checkCaptures, explained, mistakeIn } from './templates.js';

type Path = readonly (string | number)[];

/** The templates of `aggregate` name only what there is. */
export function checkAggregates({ resolved, issues }: Facts): void {
  for (const [route, node] of resolved.written.routes) {
    const aggregate = child(node, 'aggregate');
    if (!aggregate) continue;
    const patterns = namesIn(nodeAt(node, ['match', 'path'])).map(({ name }) => name);
    const calls = entriesOf(child(aggregate, 'calls'));
    const attempt = (text: Node | undefined, path: Path, compile: (text: string) => void): void => {
      if (text?.kind !== 'scalar' || typeof text.value !== 'string' || text.broken) return;
      const { value } = text;
      const problem = mistakeIn(() => compile(value));
      if (problem !== null) issues.add(text.place, ['routes', route, 'aggregate', ...path], problem);
    };
    for (const [name, { keyPlace, node: call }] of calls) {
      if (name === MISSING) issues.add(keyPlace, ['routes', route, 'aggregate', 'calls', name], `\`${MISSING}\` is where the answer tells which calls failed; choose another name`);
      checkCall(call, patterns, (key, compile) => attempt(nodeAt(call, key), ['calls', name, ...key], compile));
    }
    const names = calls.map(([name]) => name);
    for (const { node: text, path } of textsOf(child(aggregate, 'body'), ['body'])) {
      attempt(text, path, (template) => { compileCombination(template, names); checkAll(template, patterns); });
    }
  }
}

function checkCall(call: Node, patterns: readonly string[], check: (key: readonly string[], compile: (text: string) => void) => void): void {
  const compile = (path: string, query: Readonly<Record<string, string>>): void =>
    patterns.forEach((pattern) => explained(pattern, () => compileCall({ method: 'GET', path, query }, capturesOf(pattern))));
  check(['path'], (text) => compile(text, {}));
  for (const [name] of entriesOf(child(call, 'query'))) check(['query', name], (text) => { compile('/', { [name]: text }); checkAll(text, patterns); });
  check(['pick'], compileFixedPath);
}

function checkAll(text: string, patterns: readonly string[]): void {
  for (const pattern of patterns) explained(pattern, () => checkCaptures(text, capturesOf(pattern)));
}

function* textsOf(node: Node | undefined, path: Path): Generator<{ node: Node; path: Path }> {
  if (node?.kind === 'scalar') yield { node, path };
  if (node?.kind === 'list') for (const [index, item] of node.items.entries()) yield* textsOf(item, [...path, index]);
  for (const [key, entry] of entriesOf(node)) yield* textsOf(entry.node, [...path, key]);
}
