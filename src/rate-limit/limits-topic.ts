import { z } from 'zod';
import type { Topic } from '../cluster/index.js';
import type { Limit, LimitStore, Take, Verdict } from '#libs/rate-limit';

/** What one worker asks of the counters of all workers. */
export interface LimitQuestion {
  /** Each of them all or nothing. */
  readonly takes: readonly (readonly Take[])[];
  readonly gives: readonly Given[];
}

/** What is put back, and how long ago it was taken, in milliseconds. */
export interface Given {
  readonly takes: readonly Take[];
  readonly ago: number;
}

export type LimitAnswer = readonly (readonly Verdict[])[];

/** Thousands a second pass: they are looked at by hand, and so is each number that arithmetic could stumble on. */
const question = z.custom<LimitQuestion>((value) => {
  const { gives, takes } = (value ?? {}) as Partial<LimitQuestion>;
  return Array.isArray(takes) && Array.isArray(gives) && gives.every(isGiven) && takes.every(areTakes);
});

const answer = z.custom<LimitAnswer>((value) => Array.isArray(value) && value.every((one: unknown) => Array.isArray(one) && one.every(isVerdict)));

/** The counters of a gateway with several workers, kept by their supervisor, which answers alone. */
export const limitsTopic: Topic<LimitQuestion, LimitAnswer> = { name: 'limits', question, answer };

/** How the supervisor answers. @param store its counters, in its own memory. */
export function answerLimits(store: LimitStore): (question: LimitQuestion) => LimitAnswer {
  return ({ gives, takes }) => {
    for (const given of gives) store.give(given.takes, given.ago);
    return takes.map((one) => store.take(one) as readonly Verdict[]);
  };
}

const NUMBERS: Readonly<Record<Limit['use'], readonly string[]>> = {
  'token-bucket': ['count', 'window', 'capacity', 'initial'], 'sliding-window': ['count', 'window'], 'fixed-window': ['count', 'window'], quota: ['count', 'ends'],
};

function isGiven(value: unknown): value is Given {
  const { ago, takes } = (value ?? {}) as Partial<Given>;
  return isAmount(ago) && areTakes(takes);
}

function areTakes(value: unknown): value is readonly Take[] {
  return Array.isArray(value) && value.every(isTake);
}

function isTake(value: unknown): value is Take {
  const { binding, cost, key, limit } = (value ?? {}) as Partial<Take>;
  if (typeof key !== 'string' || typeof binding !== 'boolean' || !isAmount(cost) || typeof limit !== 'object' || limit === null) return false;
  return Object.hasOwn(NUMBERS, limit.use) && NUMBERS[limit.use].every((name) => isAmount((limit as unknown as Record<string, unknown>)[name]));
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isVerdict(value: unknown): value is Verdict {
  const { allowed, remaining, reset, retryAfter } = (value ?? {}) as Partial<Verdict>;
  return typeof allowed === 'boolean' && typeof remaining === 'number' && typeof reset === 'number' && typeof retryAfter === 'number';
}
