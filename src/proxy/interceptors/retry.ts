import { Readable } from 'node:stream';
import { events, Problem, problems, setAlarm, type Answer, type Clock, type Exchange, type Interceptor, type Next } from '#libs/kernel';
import { compileRetryRules, exponentialBackoff, parseRetryAfter, type Backoff, type RetryBudget, type RetryRules } from '#libs/resilience';
import type { RetryConfig } from '../../config/index.js';
import type { CompileService, ServiceParts } from '../compile.js';
import { pause } from '../pause.js';

/** `retry:` of the route, or else of its service; `null` for none. */
export function retryOf({ service, settings }: Pick<ServiceParts, 'service' | 'settings'>): RetryConfig | null {
  const chosen = settings.retry ?? service.config.retry;
  return chosen === undefined || chosen === 'off' || chosen.attempts === 1 ? null : chosen;
}

/** Sends an exchange again that failed, where that is safe, worth it and within the budget. */
export const retry: CompileService = (parts): Interceptor | null => {
  const chosen = retryOf(parts);
  if (chosen === null) return null;
  const { clock, random } = parts.surroundings;
  const retrying = new Retrying({
    config: chosen,
    rules: compileRetryRules(chosen),
    backoff: exponentialBackoff(chosen.backoff, random),
    service: parts.service.name,
    budget: chosen.budget === 'off' ? null : parts.resilience.budget(parts.service.name, chosen.budget),
    clock,
  });
  return { intercept: (exchange, next) => retrying.run(exchange, next) };
};

interface Parts {
  readonly config: RetryConfig;
  readonly rules: RetryRules;
  readonly backoff: Backoff;
  readonly service: string;
  readonly budget: RetryBudget | null;
  readonly clock: Clock;
}

class Retrying {
  constructor(private readonly parts: Parts) {}

  async run(exchange: Exchange, next: Next): Promise<Answer> {
    const { budget, config, rules } = this.parts;
    budget?.deposit();
    if (!rules.mayRepeat(exchange)) return next(exchange);
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= config.attempts;
      let delay: number | null;
      try {
        const answer = await this.#try(exchange, next);
        if (last || !rules.retriesAnswer(exchange, answer)) return answer;
        delay = this.#delay(exchange, attempt, answer.headers.get('retry-after'));
        if (delay === null) return answer;
        answer.body?.cancel(new Error('The request is tried again'));
      } catch (error) {
        delay = last || !rules.retriesError(exchange, error) ? null : this.#delay(exchange, attempt);
        if (delay === null) throw error;
      }
      await this.#wait(exchange, delay);
    }
  }

  /** Milliseconds until the next try; `null` when there is to be none. Takes it out of the budget. */
  #delay(exchange: Exchange, retries: number, retryAfter?: string): number | null {
    const { backoff, budget, clock, config, service } = this.parts;
    const asked = retryAfter === undefined ? 0 : parseRetryAfter(retryAfter, clock.now());
    if (asked > config.retryAfter) return null;
    if (budget?.withdraw() === false) {
      events.retryBudgetExhausted.publish({ exchange, service });
      return null;
    }
    return Math.max(asked, backoff(retries));
  }

  async #wait(exchange: Exchange, delay: number): Promise<void> {
    if (exchange.target !== null) exchange.failed = [...exchange.failed, exchange.target];
    events.retryScheduled.publish({ exchange, delay });
    await pause(exchange, delay);
  }

  async #try(exchange: Exchange, next: Next): Promise<Answer> {
    const { timeout } = this.parts.config;
    // An upload that is under way cannot be repeated, so it is not given up for being slow.
    if (timeout === undefined || exchange.outgoing?.body instanceof Readable) return next(exchange);
    const limit = setAlarm(timeout, { wake: () => exchange.trial?.abort(new Problem(problems.firstByteTimeout, `The try took longer than ${timeout} ms`)) });
    try {
      return await next(exchange);
    } finally {
      limit.clear();
    }
  }
}
