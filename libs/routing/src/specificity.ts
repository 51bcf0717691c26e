import type { Candidate } from './candidate.js';
import type { HostPattern } from './hosts.js';
import type { Segment } from './pattern.js';

/** What decides between two routes that match the same request. */
export type PrecedenceRule = 'host' | 'path' | 'trailing slash' | 'methods' | 'version' | 'conditions' | 'priority';

interface Rule {
  readonly rule: PrecedenceRule;
  /** Below 0: the first is more specific. */
  readonly compare: (a: Candidate<unknown>, b: Candidate<unknown>) => number;
}

/**
 * The precedence of routes, most specific first. The first rule that tells two routes apart decides:
 *
 * 1. host: an exact name, then a wildcard (the longer one first), then any host;
 * 2. path, segment by segment from the left: literal, then the start of a segment (`prefix: string`, the longer one
 *    first), then `:param`, then `**`; a pattern that ends where the path ends comes before one whose `**` is empty;
 * 3. trailing slash: `strict` before `ignore`;
 * 4. methods: listed before any;
 * 5. version: limited before all;
 * 6. conditions: more of them (headers and query together) first;
 * 7. priority: the higher first.
 *
 * A route that comes first but does not match (method, version, condition) leaves the request to the next one, also on
 * a less specific path or host. Two routes that no rule tells apart and that may match the same request are an error.
 */
const PRECEDENCE: readonly Rule[] = [
  { rule: 'host', compare: (a, b) => compareHosts(a.host, b.host) },
  { rule: 'path', compare: (a, b) => compareSegments(a.pattern.segments, b.pattern.segments) },
  { rule: 'trailing slash', compare: (a, b) => Number(a.pattern.slash === 'any') - Number(b.pattern.slash === 'any') },
  { rule: 'methods', compare: (a, b) => Number(a.route.methods === null) - Number(b.route.methods === null) },
  { rule: 'version', compare: (a, b) => Number(a.route.versions === null) - Number(b.route.versions === null) },
  { rule: 'conditions', compare: (a, b) => b.route.conditions.length - a.route.conditions.length },
  { rule: 'priority', compare: (a, b) => b.route.priority - a.route.priority },
];

/** Below 0 when `a` comes first; 0 when nothing tells them apart. A total order: unrelated names go by the alphabet. */
export function compareSpecificity(a: Candidate<unknown>, b: Candidate<unknown>): number {
  for (const { compare } of PRECEDENCE) {
    const order = compare(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

/** The rule that puts one of the two first; `null` when none does. */
export function decidingRule(a: Candidate<unknown>, b: Candidate<unknown>): PrecedenceRule | null {
  return PRECEDENCE.find(({ compare }) => compare(a, b) !== 0)?.rule ?? null;
}

const HOST_RANK = { exact: 0, wildcard: 1, any: 2 } as const;

function compareHosts(a: HostPattern, b: HostPattern): number {
  return HOST_RANK[a.kind] - HOST_RANK[b.kind] || b.name.length - a.name.length || compareText(a.name, b.name);
}

const SEGMENT_RANK = { literal: 0, string: 1, param: 2, rest: 3 } as const;

function compareSegments(a: readonly Segment[], b: readonly Segment[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compareSegment(a[i] as Segment, b[i] as Segment);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareSegment(a: Segment, b: Segment): number {
  const order = SEGMENT_RANK[a.kind] - SEGMENT_RANK[b.kind];
  if (order !== 0) return order;
  const [first, second] = [textOf(a), textOf(b)];
  return (a.kind === 'string' ? second.length - first.length : 0) || compareText(first, second);
}

function textOf(segment: Segment): string {
  return segment.kind === 'literal' || segment.kind === 'string' ? segment.text : '';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
