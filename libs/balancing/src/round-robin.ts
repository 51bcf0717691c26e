import { z } from 'zod';
import { defineBalancer, type Target } from '#libs/kernel';
import { fullWeight } from './weight.js';

/**
 * One after the other, by weight. Smooth: a target of weight 3 beside two of weight 1 is not picked three times in a
 * row. Each pick raises every target by its weight, takes the highest and lowers it by the sum.
 */
export const roundRobin = defineBalancer({
  name: 'round-robin',
  schema: z.strictObject({}).describe('One after the other, by weight. For requests that cost much the same.'),
  create: (_options, { weigh = fullWeight }) => {
    const credit = new WeakMap<Target, number>();
    return {
      pick(candidates) {
        let total = 0;
        let best = candidates[0] as Target;
        let highest = Number.NEGATIVE_INFINITY;
        for (const target of candidates) {
          const weight = weigh(target);
          const raised = (credit.get(target) ?? 0) + weight;
          credit.set(target, raised);
          total += weight;
          if (raised > highest) {
            best = target;
            highest = raised;
          }
        }
        credit.set(best, highest - total);
        return best;
      },
    };
  },
});
