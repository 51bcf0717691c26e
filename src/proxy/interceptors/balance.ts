import { availableOf, preferencesOf } from '#libs/balancing';
import { Problem, problems, type Exchange, type Interceptor, type Target } from '#libs/kernel';
import { elsewhere } from '#libs/resilience';
import type { Compile } from '../compile.js';
import { retryOf } from './retry.js';

/** Picks the target of a try: among those that may take requests now, of the first group that has any. */
export const balance: Compile = (parts): Interceptor => {
  const { name, targets } = parts.service;
  const balancer = retryOf(parts) === null ? parts.service.balancer : elsewhere(parts.service.balancer);
  const groups = preferencesOf(targets, parts.config.services[name]?.zone.own ?? '');
  const pick = (exchange: Exchange): Target | null => {
    for (let i = 0; i < groups.length; i++) {
      const candidates = availableOf(groups[i] as readonly Target[]);
      if (candidates.length > 0) return balancer.pick(candidates, exchange);
    }
    return null;
  };
  const refuse = () => Promise.reject(new Problem(problems.noTarget, `The service ${name} has no target that may take requests now`));
  if (!balancer.answered) {
    return {
      intercept(exchange, next) {
        const target = pick(exchange);
        if (target === null) return refuse();
        exchange.target = target;
        return next(exchange);
      },
    };
  }
  const answered = balancer.answered.bind(balancer);
  return {
    async intercept(exchange, next) {
      const target = pick(exchange);
      if (target === null) return refuse();
      exchange.target = target;
      const answer = await next(exchange);
      answered(exchange, answer);
      return answer;
    },
  };
};
