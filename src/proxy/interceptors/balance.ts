import { availableOf, preferencesOf } from '#libs/balancing';
import { Problem, problems, type Answer, type Balancer, type Exchange, type Interceptor, type Next, type Target } from '#libs/kernel';
import { elsewhere } from '#libs/resilience';
import type { LiveService } from '../../services/index.js';
import type { CompileService } from '../compile.js';
import { retryOf } from './retry.js';

/** Picks the target of a try: among those that may take requests now, of the first group that has any. */
export const balance: CompileService = (parts): Interceptor => {
  const { service } = parts;
  const balancer = retryOf(parts) === null ? service.balancer : elsewhere(service.balancer);
  const choice = new Choice(service, balancer);
  const answered = balancer.answered?.bind(balancer);
  const send = (exchange: Exchange, next: Next): Promise<Answer> => {
    if (choice.make(exchange)) return next(exchange);
    return Promise.reject(new Problem(problems.noTarget, `The service ${service.name} has no target that may take requests now`));
  };
  if (answered === undefined) return { intercept: send };
  return {
    async intercept(exchange, next) {
      const answer = await send(exchange, next);
      answered(exchange, answer);
      return answer;
    },
  };
};

class Choice {
  #known: readonly Target[] = [];
  #groups: readonly (readonly Target[])[] = [];

  constructor(private readonly service: LiveService, private readonly balancer: Balancer) {}

  /** @returns whether there is a target; then it is in the exchange. */
  make(exchange: Exchange): boolean {
    const { service } = this;
    exchange.service = service;
    if (service.targets !== this.#known) this.#regroup();
    for (let i = 0; i < this.#groups.length; i++) {
      const candidates = availableOf(this.#groups[i] as readonly Target[]);
      if (candidates.length === 0) continue;
      exchange.target = this.balancer.pick(candidates, exchange);
      return true;
    }
    return false;
  }

  #regroup(): void {
    const { config, targets } = this.service;
    this.#known = targets;
    this.#groups = preferencesOf(targets, config.zone.own ?? '');
  }
}
