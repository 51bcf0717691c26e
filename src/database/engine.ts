export type DatabaseKind = 'sqlite' | 'postgres';

/** What came of one statement. */
export interface Outcome {
  readonly rows: readonly unknown[];
  /** How many rows it changed; `null` where the engine does not say. */
  readonly affected: number | null;
  /** What the engine says it did, such as `ROLLBACK`; empty where it does not say. */
  readonly command: string;
}

/** The engine, by somebody who has it for himself. */
export interface Link {
  /** @throws Outage when no answer can be had in time; else what the engine says is wrong with the statement. */
  query(sql: string, parameters: readonly unknown[]): Promise<Outcome>;
  /** Gives it back. @param cut it is in the middle of something, which is to be undone. */
  release(cut: boolean): void;
}

/** What keeps the tables. */
export interface Engine {
  readonly kind: DatabaseKind;
  /** Sees to it that it can be asked, by asking. @throws Error that says why not. */
  open(): Promise<void>;
  /**
   * Waits for its turn.
   * @param patience milliseconds for that, and for each statement. Default: `database.timeout`.
   * @throws Outage when it does not come in time, or the engine is not there.
   */
  acquire(patience?: number): Promise<Link>;
  /** Ends it, after what is under way. Never rejects. */
  close(): Promise<void>;
}

/** The engine gave no answer: it is not there (`lost`), or it takes too long or is too full (`slow`). */
export class Outage extends Error {
  override readonly name = 'Outage';

  constructor(readonly manner: 'lost' | 'slow', reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
  }
}

/** Rejects with an outage when the work is not done after so many milliseconds. The work itself goes on. */
export async function within<T>(time: number, work: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Outage('slow', `${what} took more than ${time} ms`)), time);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
