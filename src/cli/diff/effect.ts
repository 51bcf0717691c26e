/**
 * What it takes and costs to put a change in force. `hot`: a reload. `state`: a reload, after which breakers, budgets,
 * limits or caches begin anew. `connections`: a reload that replaces connections to targets. `restart`: a new process.
 */
export type Effect = 'restart' | 'connections' | 'state' | 'hot';

export interface Meaning {
  readonly effect: Effect;
  /** What there is to know beyond the effect; empty where there is nothing. */
  readonly meaning: string;
}

export function hot(meaning: string): Meaning {
  return { effect: 'hot', meaning };
}

export function anew(meaning: string): Meaning {
  return { effect: 'state', meaning };
}

/** A place where two configurations are not the same. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly path: readonly string[];
}
