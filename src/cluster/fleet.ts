import type { z } from 'zod';

/**
 * A question that one worker may ask all of them. Both sides are checked where they arrive: during a rolling restart
 * workers of two builds may meet.
 */
export interface Topic<Q, A> {
  readonly name: string;
  readonly question: z.ZodType<Q>;
  readonly answer: z.ZodType<A>;
  /** Milliseconds to wait for answers. Default: 2 s. */
  readonly limit?: number;
  /**
   * For what must not be lost with a worker, such as counts: called when one has ended, with its last answer and what is
   * left of those before it. The result is among the answers from then on.
   */
  readonly inherit?: (last: A, estate: A | null) => A;
}

/** A topic whose answers outlast a worker, of whatever kind they are. */
export type Inheritable = Pick<Topic<unknown, unknown>, 'name'> & {
  readonly answer: z.ZodType;
  readonly inherit?: (last: never, estate: never) => unknown;
};

/** What came back. */
export interface Replies<A> {
  readonly answers: readonly A[];
  /** Who gave no answer and why, one line each; empty when all did. */
  readonly failures: readonly string[];
}

/** The workers of this gateway, seen from one of them; in a single process, that one. Inject it by this class. */
export abstract class Fleet {
  /** Id of this worker as logs name it; `null` when there is one process only. */
  abstract readonly worker: number | null;

  /**
   * Says how this worker answers a topic. Call it once, while the module starts.
   * @param handler what it throws becomes a failure for whoever asked.
   */
  abstract answer<Q, A>(topic: Topic<Q, A>, handler: (question: Q) => A | Promise<A>): void;

  /** Asks every worker, this one included. Never rejects: what went wrong is among the failures. */
  abstract ask<Q, A>(topic: Topic<Q, A>, question: Q): Promise<Replies<A>>;
}
