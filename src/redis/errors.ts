/** Redis cannot be asked, or gave no answer in time. Made once per cause, not per call: nothing waits for a stack. */
export class RedisAway extends Error {
  constructor(readonly why: string) {
    super(`Redis cannot be asked: ${why}`);
    this.name = 'RedisAway';
  }
}

/** What is wrong, for an operator; addresses that fail together are told by the first. */
export function reasonOf(error: unknown): string {
  const { errors, message } = error as Partial<AggregateError>;
  return errors?.[0] === undefined ? message || String(error) : reasonOf(errors[0]);
}
