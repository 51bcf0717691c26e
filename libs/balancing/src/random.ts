import { z } from 'zod';
import { defineBalancer } from '#libs/kernel';
import { draw, fullWeight } from './weight.js';

/** Any target, as likely as its share of the weights. It remembers nothing and looks at nothing. */
export const random = defineBalancer({
  name: 'random',
  schema: z.strictObject({}).describe('Any target, as likely as its share of the weights. It looks at no load: prefer p2c unless shares must be exact.'),
  create: (_options, { random: chance, weigh = fullWeight }) => ({
    pick: (candidates) => draw(candidates, chance, weigh),
  }),
});
