import type { OwnLimits } from '#libs/kernel';
import { limitOfOwn } from '../config/index.js';
import { compileLimit, type Counter } from './compile-limit.js';
import type { LimitSurroundings } from './limit-ground.js';
import { hashed } from './limit-key.js';

/** Gives the counters of a credential's own limits, compiled when they are met first. */
export type OwnCounters = (own: OwnLimits) => readonly Counter[];

const compiled = new WeakMap<OwnLimits, readonly Counter[]>();

/** The limits of a credential are the same on every route, and so are their counters. */
export function compileOwn(around: LimitSurroundings): OwnCounters {
  return (own) => {
    const known = compiled.get(own);
    if (known !== undefined) return known;
    const counters = countersOf(own, around);
    compiled.set(own, counters);
    return counters;
  };
}

/** What headers, logs and metrics call them: not after their rates, of which there may be as many as there are keys. */
export function ownName(index: number): string {
  return index === 0 ? 'api-key' : `api-key-${index + 1}`;
}

/** Keys look like `{own:kT9...}#1:t60000`: who, which one where there are several, and how it is counted. */
function countersOf({ limits, of }: OwnLimits, around: LimitSurroundings): readonly Counter[] {
  const head = `{own:${hashed(of)}}`;
  return limits.map((limit, index) => compileLimit({ config: limitOfOwn(limit), name: ownName(index), key: () => '', head, tail: `${index === 0 ? '' : `#${index}`}:` }, around));
}
