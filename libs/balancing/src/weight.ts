import type { Random, Target } from '#libs/kernel';

/** The weight of a target now. */
export type Weigh = (target: Target) => number;

/** What a service without slow start weighs with: the weight of the file. */
export function fullWeight(target: Target): number {
  return target.weight;
}

export function totalWeight(targets: readonly Target[], weigh: Weigh): number {
  let total = 0;
  for (let i = 0; i < targets.length; i++) total += weigh(targets[i] as Target);
  return total;
}

/** One target at random, each as likely as its share of the weights. The list is not empty. */
export function draw(targets: readonly Target[], random: Random, weigh: Weigh): Target {
  return at(targets, random() * totalWeight(targets, weigh), weigh);
}

/** The target at a point of the weights laid end to end, `except` left out. */
export function at(targets: readonly Target[], point: number, weigh: Weigh, except: Target | null = null): Target {
  let rest = point;
  let last = except;
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i] as Target;
    if (target === except) continue;
    last = target;
    rest -= weigh(target);
    if (rest < 0) return target;
  }
  // Rounding, or a weight that rose meanwhile, can leave a little past the last.
  return last as Target;
}
