import type { Candidate } from './candidate.js';
import type { Condition } from './conditions.js';

/** A value that passes every one of some conditions on the same header or parameter. */
type Overlap =
  /** Provably none. */
  | { readonly kind: 'none' }
  /** `null`: no value at all passes them. */
  | { readonly kind: 'value'; readonly value: string | null }
  /** There may be one, but expressions make it hard to tell. */
  | { readonly kind: 'unknown' };

/** What two routes have in common: the material of an example. */
export interface Common<T> {
  readonly candidate: Candidate<T>;
  readonly method: string;
  /** A version both serve; `null` when they serve calls of any. */
  readonly version: string | null;
  readonly conditions: readonly { readonly condition: Condition; readonly overlap: Overlap }[];
}

const NONE: Overlap = { kind: 'none' };

/** Looks for a value that passes all conditions; they concern one header or parameter. */
export function overlap(conditions: readonly Condition[]): Overlap {
  const passes = (value: string) => conditions.every((condition) => condition.test(value));
  if (conditions.some(({ wants }) => wants === 'absent')) {
    return conditions.every(({ wants }) => wants === 'absent') ? { kind: 'value', value: null } : NONE;
  }
  const list = conditions.find(({ only }) => only !== null)?.only;
  if (list) {
    const value = list.find(passes);
    return value === undefined ? NONE : { kind: 'value', value };
  }
  const prefix = conditions.reduce((longest, condition) => (condition.prefix.length > longest.length ? condition.prefix : longest), '');
  if (!conditions.every((condition) => prefix.startsWith(condition.prefix))) return NONE;
  const value = [prefix, `${prefix}x`, `${prefix}1`].find((guess) => guess !== '' && passes(guess));
  return value === undefined ? { kind: 'unknown' } : { kind: 'value', value };
}
