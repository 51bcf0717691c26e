import type { Clock, Target } from '#libs/kernel';
import type { Weigh } from './weight.js';

/** What a target starts with: enough to warm up at all. */
const FIRST_SHARE = 0.1;

/**
 * Weighs targets that have just joined or recovered lightly: from a tenth of their weight at `target.since` in a straight
 * line to all of it. A warm target costs one comparison, and `since` goes back to `null` when it is warm.
 * @param period milliseconds, more than 0.
 */
export function slowStart(period: number, clock: Clock): Weigh {
  return (target: Target): number => {
    if (target.since === null) return target.weight;
    const share = (clock.elapsed() - target.since) / period;
    if (share < 1) return target.weight * (FIRST_SHARE + (1 - FIRST_SHARE) * Math.max(0, share));
    target.since = null;
    return target.weight;
  };
}
