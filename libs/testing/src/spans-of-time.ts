/** A time that may be real, and then stand still. */
export interface Time {
  /** Milliseconds; only differences mean anything. */
  now(): number;
  /** Lets about so many milliseconds pass. */
  pass(ms: number): void | Promise<void>;
}

/** Lets at least so many milliseconds pass: a timer may be a little early. */
export async function atLeast(ms: number, time: Time): Promise<void> {
  for (const end = time.now() + ms; time.now() < end;) await time.pass(Math.ceil(end - time.now()));
}

/**
 * Does what has to be done within so many milliseconds. Where time stood still meanwhile it says nothing, and is done anew, up to five
 * times, with another key.
 */
export async function within(most: number, time: Time, work: (key: string, began: number) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const began = time.now();
    const failure = await work(`key ${tries}`, began).then(() => null, (error: unknown) => ({ error }));
    if (time.now() - began > most && tries < 5) continue;
    if (failure !== null) throw failure.error;
    return;
  }
}
