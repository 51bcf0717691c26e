import { normalisePath } from './normalise-path.js';
import { matchKey } from './segment.js';

/** One part of a pattern. `string` and `rest` only stand last. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  /** A segment that starts with the text, and all that follows it (`prefix: string`). */
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'rest' };

export interface Pattern {
  /** As written. */
  readonly text: string;
  readonly segments: readonly Segment[];
  /** Names of the captured values, in order. */
  readonly names: readonly string[];
  /** How many of them are `:name` segments; the one more, if any, is `rest`. */
  readonly captures: number;
  /** What the last slash must be; `any` with `trailingSlash: ignore`, for the root and behind `**`. */
  readonly slash: 'any' | 'with' | 'without';
}

interface PatternOptions {
  readonly prefix: 'segment' | 'string' | 'exact';
  readonly trailingSlash: 'ignore' | 'strict';
}

const NAME = /^[A-Za-z]\w*$/;

/** Reads a path pattern; what is wrong with it goes to `mistakes`, and then there is no pattern. */
export function parsePattern(text: string, options: PatternOptions, mistakes: string[]): Pattern | null {
  const path = normalPattern(text, mistakes);
  if (path === null) return null;
  const parts = path.split('/').slice(1);
  const slashed = parts.at(-1) === '';
  if (slashed) parts.pop();
  const open = parts.at(-1) === '**' && !slashed;
  if (open) parts.pop();
  const segments = parts.map((part) => parseSegment(part, text, mistakes));
  if (open && options.prefix !== 'exact') addRest(segments, options.prefix);
  const names = segments.flatMap(namesOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) mistakes.push(`the pattern "${text}" captures "${twice}" twice${twice === 'rest' ? '; "**" is captured as "rest"' : ''}`);
  const decided = options.trailingSlash === 'ignore' || endsOpen(segments) || segments.length === 0;
  const captures = segments.filter(({ kind }) => kind === 'param').length;
  return { text, segments, names, captures, slash: decided ? 'any' : slashed ? 'with' : 'without' };
}

/** Whether a pattern matches what lies below it. */
export function endsOpen(segments: readonly Segment[]): boolean {
  const last = segments.at(-1)?.kind;
  return last === 'rest' || last === 'string';
}

/** Literals are compared in the form requests arrive in. */
function normalPattern(text: string, mistakes: string[]): string | null {
  if (/[?#]/.test(text)) {
    mistakes.push(`the pattern "${text}" holds "?" or "#"; conditions on the query go under "query"`);
    return null;
  }
  const normal = normalisePath(Buffer.from(text).toString('latin1'));
  if (normal.unsafe === null && normal.authority === null && normal.path !== '*') return normal.path;
  mistakes.push(`the pattern "${text}" can match no request: ${normal.unsafe === null ? 'a path starts with "/"' : normal.detail}`);
  return null;
}

function parseSegment(part: string, text: string, mistakes: string[]): Segment {
  if (part.startsWith(':')) {
    const name = part.slice(1);
    if (!NAME.test(name)) mistakes.push(`the pattern "${text}" has "${part}": a name is a letter, then letters, digits or "_" (write %3A for a plain ":")`);
    return { kind: 'param', name };
  }
  if (part.includes('**')) mistakes.push(`the pattern "${text}" has "**" elsewhere than as its last segment`);
  else if (part.includes('*')) mistakes.push(`the pattern "${text}" has "${part}": one segment is ":name", the rest is "**" (write %2A for a plain "*")`);
  return { kind: 'literal', text: matchKey(part) };
}

/** A string prefix needs text to be a prefix of; behind a parameter or the root it is an ordinary `**`. */
function addRest(segments: Segment[], prefix: 'segment' | 'string'): void {
  const last = segments.at(-1);
  if (prefix === 'string' && last?.kind === 'literal') segments[segments.length - 1] = { kind: 'string', text: last.text };
  else segments.push({ kind: 'rest' });
}

function namesOf(segment: Segment): string[] {
  switch (segment.kind) {
    case 'literal': return [];
    case 'param': return [segment.name];
    case 'string':
    case 'rest': return ['rest'];
  }
}
