import { z } from 'zod';
import { defineBalancer, type Target } from '#libs/kernel';
import { fullWeight } from './weight.js';

/** The target with the fewest tries under way per weight; among equals one at random, by weight. */
export const leastConnections = defineBalancer({
  name: 'least-connections',
  schema: z.strictObject({}).describe(
    'The target with the fewest tries under way per weight, among equals one at random by weight. For requests of very different length and for WebSockets. Danger: a target that fails fast has few under way and attracts more.',
  ),
  create: (_options, { random, weigh = fullWeight }) => ({
    pick(candidates) {
      let best = candidates[0] as Target;
      let fewest = Number.POSITIVE_INFINITY;
      let tied = 0;
      for (let i = 0; i < candidates.length; i++) {
        const target = candidates[i] as Target;
        const weight = weigh(target);
        const load = target.inFlight / weight;
        if (load > fewest) continue;
        tied = load < fewest ? weight : tied + weight;
        // The last of equals replaces the others with its share of their weights: in the end each is as likely as its own.
        if (load < fewest || random() * tied < weight) best = target;
        fewest = load;
      }
      return best;
    },
  }),
});
