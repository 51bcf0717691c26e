import { z } from 'zod';

/** What is to be forgotten. It goes to other processes. */
export const invalidationSchema = z.union([
  /** All that is stored under one of them, whatever the route and the caller. */
  z.strictObject({ addresses: z.array(z.string()).readonly() }),
  /** All that has one of them: of one origin, and what is kept for any host, or, without one, of all. */
  z.strictObject({ tags: z.array(z.string()).readonly(), origin: z.string().optional() }),
  /** All whose key begins so: see `compilePrefix`. */
  z.strictObject({ prefix: z.string() }),
]);

export type Invalidation = Readonly<z.output<typeof invalidationSchema>>;
