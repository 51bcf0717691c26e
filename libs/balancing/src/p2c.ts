import { z } from 'zod';
import { defineBalancer, type Target } from '#libs/kernel';

/**
 * Power of two choices: two targets at random, the one with fewer tries under way per weight wins. Nearly as even as
 * least connections, and no herd runs to a target that has just come back.
 */
export const p2c = defineBalancer({
  name: 'p2c',
  schema: z.strictObject({}),
  create: (_options, { random }) => ({
    pick(candidates) {
      const count = candidates.length;
      if (count === 1) return candidates[0] as Target;
      const first = Math.floor(random() * count);
      // One of the others, so that the two always differ.
      const second = (first + 1 + Math.floor(random() * (count - 1))) % count;
      const a = candidates[first] as Target;
      const b = candidates[second] as Target;
      return (b.inFlight + 1) / b.weight < (a.inFlight + 1) / a.weight ? b : a;
    },
  }),
});
