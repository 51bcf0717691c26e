import { z } from 'zod';

/** What is to be forgotten. It goes to other processes. */
export const invalidationSchema = z.union([
  /** All that is stored under one of them, whatever the route and the caller. */
  z.strictObject({ addresses: z.array(z.string()).readonly() }),
  /** All that has one of them. */
  z.strictObject({ tags: z.array(z.string()).readonly() }),
  /** All whose key begins so: see `compilePrefix`. */
  z.strictObject({ prefix: z.string() }),
]);

export type Invalidation = Readonly<z.output<typeof invalidationSchema>>;
