import { z } from 'zod';
import { defineBalancer, type Target } from '#libs/kernel';
import { at, fullWeight, totalWeight } from './weight.js';

/**
 * Power of two choices: two targets at random by weight, the one with fewer tries under way per weight wins. Nearly as
 * even as least connections, and no herd runs to a target that has just come back.
 */
export const p2c = defineBalancer({
  name: 'p2c',
  schema: z.strictObject({}).describe('Power of two choices: of two targets at random by weight, the one with fewer tries under way per weight. Right for nearly everything.'),
  create: (_options, { random, weigh = fullWeight }) => ({
    pick(candidates) {
      if (candidates.length === 1) return candidates[0] as Target;
      const total = totalWeight(candidates, weigh);
      const a = at(candidates, random() * total, weigh);
      // One of the others, so that the two always differ.
      const b = at(candidates, random() * (total - weigh(a)), weigh, a);
      // Idle ones differ only in weight, and the draw has looked at that already.
      if (a.inFlight === 0 && b.inFlight === 0) return a;
      return (b.inFlight + 1) / weigh(b) < (a.inFlight + 1) / weigh(a) ? b : a;
    },
  }),
});
