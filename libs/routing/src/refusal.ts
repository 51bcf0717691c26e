import { slashFits, versionFits, type Candidate } from './candidate.js';
import { RequestFacts } from './conditions.js';
import { hostFits, hostName, hostText } from './hosts.js';
import type { Pattern, Segment } from './pattern.js';
import type { LossReason } from './reason.js';
import { matchKey } from './segment.js';
import type { RouteRequest } from './types.js';
import type { Versioned } from './versions.js';

/** A request, prepared for one look at every route. */
export interface Question {
  readonly request: RouteRequest;
  readonly facts: RequestFacts;
  readonly host: string;
  readonly versioned: Versioned;
  readonly versionNames: readonly string[];
}

export function questionOf(request: RouteRequest, versioned: Versioned, versionNames: readonly string[]): Question {
  return { request, facts: new RequestFacts(request), host: hostName(request.host), versioned, versionNames };
}

/** The first thing a request lacks for one pattern of a route, in the order host, path, version, method, conditions. */
export function refusalOf({ route, pattern, host }: Candidate<unknown>, question: Question): LossReason | null {
  const { request, versioned, facts } = question;
  if (!hostFits(host, question.host)) return { kind: 'host', host: question.host, wants: hostText(host) };
  const path = pathRefusal(pattern, versioned.path);
  if (path !== null) return path;
  if (!versioned.known || !versionFits(route.versions, versioned.version)) {
    return { kind: 'version', version: versioned.version, wants: [...(route.versions ?? question.versionNames)] };
  }
  if (route.methods !== null && !route.methods.has(request.method)) return { kind: 'method', method: request.method, wants: [...route.methods] };
  const failed = route.conditions.find((condition) => !facts.holds(condition));
  if (!failed) return null;
  const { source, name, text } = failed;
  return { kind: 'condition', source, name, present: facts.value(source, name) !== undefined, wants: text };
}

function pathRefusal(pattern: Pattern, path: string): LossReason | null {
  if (!path.startsWith('/')) return { kind: 'path', segment: 1, actual: path, wants: pattern.text };
  const parts = path.split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  for (const [index, segment] of pattern.segments.entries()) {
    if (segment.kind === 'rest') return null;
    const actual = parts[index] ?? null;
    if (actual === null || !segmentFits(segment, actual)) return { kind: 'path', segment: index + 1, actual, wants: segmentText(segment) };
    if (segment.kind === 'string') return null;
  }
  const extra = parts[pattern.segments.length];
  if (extra !== undefined) return { kind: 'path', segment: pattern.segments.length + 1, actual: extra, wants: null };
  return slashFits(pattern, path) || pattern.slash === 'any' ? null : { kind: 'trailing-slash', wants: pattern.slash };
}

function segmentFits(segment: Segment, actual: string): boolean {
  switch (segment.kind) {
    case 'literal': return matchKey(actual) === segment.text;
    case 'string': return matchKey(actual).startsWith(segment.text);
    case 'param': return actual !== '';
    case 'rest': return true;
  }
}

function segmentText(segment: Segment): string {
  switch (segment.kind) {
    case 'literal': return segment.text;
    case 'string': return `${segment.text}…`;
    case 'param': return `:${segment.name}`;
    case 'rest': return '**';
  }
}
