import type { Candidate } from './candidate.js';
import type { Condition } from './conditions.js';
import { exampleRequest, exampleText } from './example.js';
import { overlap, type Common } from './overlap.js';
import { decidingRule } from './specificity.js';
import type { Leaf } from './trie.js';
import type { RouteMistake, VersionsSpec } from './types.js';

/**
 * Pairs of routes that no rule of precedence tells apart and that are not provably exclusive. Only routes of one leaf
 * can be such a pair: different hosts and path shapes are always told apart. Each pair is reported once.
 */
export function ambiguities<T>(leaves: Iterable<Leaf<T>>, versions: VersionsSpec | null): RouteMistake[] {
  const mistakes: RouteMistake[] = [];
  const reported = new Set<string>();
  for (const leaf of leaves) {
    for (const [first, second] of equals(leaf)) {
      const pair = JSON.stringify([first.route.name, second.route.name]);
      const common = reported.has(pair) ? null : commonOf(first, second);
      if (common === null) continue;
      reported.add(pair);
      mistakes.push(mistakeOf(second, first.route.name, common, versions));
    }
  }
  return mistakes;
}

/** Pairs of a sorted leaf that nothing tells apart. */
function* equals<T>(leaf: Leaf<T>): Iterable<[Candidate<T>, Candidate<T>]> {
  for (let start = 0; start < leaf.length;) {
    let end = start + 1;
    while (end < leaf.length && decidingRule(leaf[start] as Candidate<T>, leaf[end] as Candidate<T>) === null) end += 1;
    for (const group of byListedValue(leaf.slice(start, end))) yield* pairs(group);
    start = end;
  }
}

/**
 * Splits routes that all list values for one header or parameter by those values: only routes with a common one can
 * meet. Without it thousands of routes that differ in a tenant header would be millions of pairs.
 */
function byListedValue<T>(run: readonly Candidate<T>[]): Iterable<readonly Candidate<T>[]> {
  const lists = run[0]?.route.conditions.map(({ source, name }) => run.map(({ route }) => listOf(route.conditions, source, name)));
  const listed = lists?.find((each) => each.every((values) => values !== null));
  if (!listed) return [run];
  const groups = new Map<string, Candidate<T>[]>();
  for (const [index, candidate] of run.entries()) {
    for (const value of listed[index] ?? []) groups.set(value, [...(groups.get(value) ?? []), candidate]);
  }
  return groups.values();
}

function listOf(conditions: readonly Condition[], source: string, name: string): readonly string[] | null {
  return conditions.find((condition) => condition.source === source && condition.name === name)?.only ?? null;
}

function* pairs<T>(group: readonly Candidate<T>[]): Iterable<[Candidate<T>, Candidate<T>]> {
  for (const [index, first] of group.entries()) {
    for (const second of group.slice(index + 1)) {
      if (first.route !== second.route && first.pattern.slash === second.pattern.slash) yield [first, second];
    }
  }
}

function commonOf<T>(first: Candidate<T>, second: Candidate<T>): Common<T> | null {
  const [a, b] = [first.route, second.route];
  const method = commonName(a.methods, b.methods, 'GET');
  const version = commonName(a.versions, b.versions, null);
  if (method === undefined || version === undefined) return null;
  const conditions = [...Map.groupBy([...a.conditions, ...b.conditions], ({ source, name }) => `${source} ${name}`).values()]
    .map((same) => ({ condition: same[0] as Condition, overlap: overlap(same) }));
  if (conditions.some((each) => each.overlap.kind === 'none')) return null;
  return { candidate: first, method, version, conditions };
}

/** A name in both; `otherwise` when neither is limited. Equal precedence means that both are limited or none. */
function commonName<N>(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null, otherwise: N): string | N | undefined {
  if (a === null || b === null) return otherwise;
  return [...a].find((name) => b.has(name));
}

function mistakeOf<T>(candidate: Candidate<T>, other: string, common: Common<T>, versions: VersionsSpec | null): RouteMistake {
  const example = exampleRequest(common, versions);
  const { name } = candidate.route;
  return {
    route: name,
    key: ['match'],
    message: `routes "${other}" and "${name}" both match ${exampleText(example, common)} and nothing decides between them: give them different methods, conditions or priorities`,
    ambiguity: { with: other, example },
  };
}
