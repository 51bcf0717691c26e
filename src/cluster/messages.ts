import { z } from 'zod';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const id = z.int().min(0);
const lines = z.array(z.string()).max(10_000);

/** A reload that failed, for the workers it never reached. */
const failedReload = z.strictObject({ kind: z.literal('failed-reload'), outcome: z.enum(['load-failed', 'apply-failed']), file: z.string(), version: z.string(), errors: lines });

/** What the supervisor says to a worker. */
export const toWorker = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('start'), image: z.map(z.string(), z.unknown()) }),
  z.strictObject({ kind: z.literal('reload'), id, image: z.map(z.string(), z.unknown()) }),
  failedReload,
  z.strictObject({ kind: z.literal('leave'), manner: z.enum(['gentle', 'prompt']) }),
  /** Its last answers are there, and every connection that was given to it is on this side of this message. */
  z.strictObject({ kind: z.literal('dismissed') }),
  z.strictObject({ kind: z.literal('question'), id, topic: z.string(), question: bytes }),
  z.strictObject({ kind: z.literal('replies'), id, answers: z.array(bytes).max(1_000), failures: lines }),
]);

/** What a worker says to its supervisor. */
export const toSupervisor = z.discriminatedUnion('kind', [
  /** It listens to messages now. */
  z.strictObject({ kind: z.literal('hello') }),
  /** It takes connections. `version` is the hash of the configuration in force. */
  z.strictObject({ kind: z.literal('ready'), url: z.string(), version: z.string() }),
  z.strictObject({ kind: z.literal('failed'), message: z.string() }),
  z.strictObject({ kind: z.literal('reloaded'), id, version: z.string(), errors: lines }),
  /** It was asked to go, and waits for another to take its place. */
  z.strictObject({ kind: z.literal('relieve') }),
  /** `limit` is in milliseconds. */
  z.strictObject({ kind: z.literal('ask'), id, topic: z.string(), question: bytes, limit: z.int().min(1).max(3_600_000) }),
  z.strictObject({ kind: z.literal('answer'), id, answer: bytes.nullable(), failure: z.string() }),
  /** Its last answers; nothing changes after them. */
  z.strictObject({ kind: z.literal('legacy'), answers: z.array(z.tuple([z.string(), bytes])).max(100) }),
]);

export type ToWorker = z.output<typeof toWorker>;
export type ToSupervisor = z.output<typeof toSupervisor>;
export type FailedReloadNote = z.output<typeof failedReload>;
