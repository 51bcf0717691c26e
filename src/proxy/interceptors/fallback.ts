import { Problem, problems, type Answer, type Exchange, type Interceptor, type Next, type Outgoing } from '#libs/kernel';
import { statusSet } from '#libs/resilience';
import type { CompileRequest } from '../compile.js';
import { compileStandIn, keep, type StandIn } from '../stand-ins.js';

/** `fallback:` where a service fails, something else answers, and the answer says so. */
export const fallback: CompileRequest = ({ settings, config, reach, services }): Interceptor | null => {
  const chosen = settings.fallback;
  if (chosen === undefined || chosen.chain.length === 0) return null;
  const statuses = statusSet(chosen.when.status);
  const standIns = chosen.chain.map((each) => compileStandIn(each, { failures: statuses, files: config.files, reach, services }));
  return new Fallback({
    standIns,
    statuses,
    codes: new Set<string>(chosen.when.problems),
    keeps: standIns.some(({ label }) => label === 'service'),
  });
};

interface Parts {
  readonly standIns: readonly StandIn[];
  readonly statuses: ReadonlySet<number>;
  readonly codes: ReadonlySet<string>;
  /** Whether the request is needed again as it was before it was transformed. */
  readonly keeps: boolean;
}

class Fallback implements Interceptor {
  constructor(private readonly parts: Parts) {}

  async intercept(exchange: Exchange, next: Next): Promise<Answer> {
    const { codes, keeps, statuses } = this.parts;
    const request = keeps && exchange.outgoing ? keep(exchange.outgoing) : null;
    let answer: Answer;
    try {
      answer = await next(exchange);
    } catch (error) {
      if (!(error instanceof Problem && codes.has(error.type.code)) || hasLeft(exchange)) throw error;
      const instead = await this.#instead(exchange, request);
      if (instead === null) throw error;
      exchange.failure = error;
      return instead;
    }
    if (!statuses.has(answer.status) || hasLeft(exchange)) return answer;
    const instead = await this.#instead(exchange, request);
    if (instead === null) return answer;
    answer.body?.cancel(new Error('Something else stands in for the answer'));
    return instead;
  }

  /** The first stand-in that has an answer; `null` when none has, or nobody waits for it any more. */
  async #instead(exchange: Exchange, request: Outgoing | null): Promise<Answer | null> {
    for (const standIn of this.parts.standIns) {
      const found = await standIn.answer(exchange, request);
      if (hasLeft(exchange)) {
        found?.body?.cancel(exchange.aborted as Error);
        return null;
      }
      if (found === null) continue;
      found.headers.set('X-Degraded', standIn.label);
      exchange.degraded = standIn.label;
      return found;
    }
    return null;
  }
}

/** An exchange whose total time is over can still be answered, one whose client left cannot. */
function hasLeft({ aborted }: Exchange): boolean {
  return aborted !== null && !(aborted instanceof Problem && aborted.type === problems.totalTimeout);
}
