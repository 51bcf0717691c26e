import { Problem, problems, type Interceptor, type Service } from '#libs/kernel';
import type { Compile } from '../compile.js';

/** Picks the target of a try among those that may take requests now. */
export const balance: Compile = ({ service }): Interceptor => {
  const { balancer, targets } = service as Service;
  const [only] = targets;
  return {
    intercept(exchange, next) {
      const candidates = targets.length === 1 && only?.available ? targets : targets.filter(({ available }) => available);
      if (candidates.length === 0) return Promise.reject(new Problem(problems.noTarget, `The service ${service?.name} has no target that may take requests now`));
      exchange.target = balancer.pick(candidates, exchange);
      return next(exchange);
    },
  };
};
