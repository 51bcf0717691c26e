import { z } from 'zod';
import type { Topic } from '../cluster/index.js';
import { invalidationSchema, type Invalidation } from './invalidation.js';

const view = z.strictObject({
  entries: z.number(), bytes: z.number(), maxBytes: z.number(), evictions: z.number(),
  outcomes: z.strictObject({ hit: z.number(), stale: z.number(), revalidated: z.number(), collapsed: z.number(), miss: z.number(), bypass: z.number() }),
  /** Why Redis is not asked; `null` where it is. */
  redis: z.string().nullable(),
});

/** The cache as one worker sees it. Sizes in bytes. */
export type CacheView = Readonly<z.output<typeof view>>;

/** What is to be forgotten in memory. The answer is how many records there were, one number for each. */
export const forgetTopic: Topic<readonly Invalidation[], readonly number[]> = {
  name: 'cache.forget', question: z.array(invalidationSchema).readonly(), answer: z.array(z.number()).readonly(),
};

export const viewTopic: Topic<null, CacheView> = { name: 'cache.view', question: z.null(), answer: view };
