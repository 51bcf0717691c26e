import { Problem, problems, type Exchange } from '#libs/kernel';
import type { Outcome } from './circuit-breaker.js';

/** What counts as a failure. */
export interface JudgeOptions {
  /** Statuses, or ranges of them such as `500-599`. */
  readonly status: readonly (number | string)[];
  /** Codes of problems that forwarding may end with. */
  readonly problems: readonly string[];
  /** Methods that count at all; all of them when it is missing. */
  readonly methods?: readonly string[] | undefined;
}

/** Tells what an answer, or the error there is instead of one, says about whoever should have answered. */
export interface Judge {
  answer(exchange: Exchange, status: number): Outcome;
  error(exchange: Exchange, error: unknown): Outcome;
}

/** Expands `503` and `500-599` to the statuses they mean. */
export function statusSet(list: readonly (number | string)[]): ReadonlySet<number> {
  const statuses = new Set<number>();
  for (const item of list) {
    const [from = Number.NaN, to = from] = String(item).split('-').map(Number);
    for (let status = from; status <= to; status++) statuses.add(status);
  }
  return statuses;
}

/** Compiles what counts as a failure. */
export function compileJudge({ methods, problems: codes, status }: JudgeOptions): Judge {
  const statuses = statusSet(status);
  const bad = new Set(codes);
  const counted = methods && new Set(methods);
  const counts = ({ method }: Exchange): boolean => counted === undefined || counted.has(method);
  return {
    answer: (exchange, answered) => (counts(exchange) ? (statuses.has(answered) ? 'failure' : 'success') : 'ignored'),
    error: (exchange, error) => {
      const problem = causeOf(exchange, error);
      return problem !== null && counts(exchange) && bad.has(problem.type.code) ? 'failure' : 'ignored';
    },
  };
}

/**
 * The problem that is to blame. An exchange that was aborted failed for that reason, whatever broke first because of it;
 * and when its total time is over while a body was being sent, the client may be the slow one.
 */
function causeOf(exchange: Exchange, error: unknown): Problem | null {
  const cause = exchange.aborted ?? error;
  if (!(cause instanceof Problem)) return null;
  return cause.type === problems.totalTimeout && exchange.body !== null ? null : cause;
}
