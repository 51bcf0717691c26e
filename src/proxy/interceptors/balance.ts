import { Problem, problems, type Answer, type Exchange, type Interceptor, type Next } from '#libs/kernel';
import { elsewhere } from '#libs/resilience';
import { compileCandidates } from '../candidates.js';
import type { CompileService } from '../compile.js';
import { hedgeOf } from './hedge.js';
import { retryOf } from './retry.js';

/** Picks the target of a try: among those that may take requests now, of the first group that has any. */
export const balance: CompileService = (parts): Interceptor => {
  const { service } = parts;
  const repeats = retryOf(parts) !== null || hedgeOf(parts) !== null;
  const balancer = repeats ? elsewhere(service.balancer) : service.balancer;
  const present = compileCandidates(service);
  const answered = balancer.answered?.bind(balancer);
  const send = (exchange: Exchange, next: Next): Promise<Answer> => {
    exchange.service = service;
    const candidates = present();
    if (candidates.length === 0) return Promise.reject(new Problem(problems.noTarget, `The service ${service.name} has no target that may take requests now`));
    exchange.target = balancer.pick(candidates, exchange);
    return next(exchange);
  };
  if (answered === undefined) return { intercept: send };
  return {
    async intercept(exchange, next) {
      const answer = await send(exchange, next);
      try {
        answered(exchange, answer);
      } catch (error) {
        // One of a plugin: nobody gets the answer, and its target need not send the rest.
        answer.body?.cancel(error as Error);
        throw error;
      }
      return answer;
    },
  };
};
