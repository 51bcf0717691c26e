import type { Balancer, Target } from '#libs/kernel';

/** Wraps a balancer so that a retry goes to a target that has not failed this exchange yet, where there is one. */
export function elsewhere(balancer: Balancer): Balancer {
  const answered = balancer.answered?.bind(balancer);
  return {
    pick(candidates, exchange) {
      const { failed } = exchange;
      if (failed.length === 0 || candidates.length === 1) return balancer.pick(candidates, exchange);
      return balancer.pick(without(candidates, failed), exchange);
    },
    ...(answered ? { answered } : {}),
  };
}

function without(candidates: readonly Target[], failed: readonly Target[]): readonly Target[] {
  const fresh = candidates.filter((target) => !failed.includes(target));
  if (fresh.length > 0) return fresh;
  const last = failed.at(-1);
  return candidates.filter((target) => target !== last);
}
