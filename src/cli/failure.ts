/** Exit codes, the same for every command. */
export const EXIT = { good: 0, findings: 1, usage: 2 } as const;

/** The command line asks for something that cannot be; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something outside of us is not as it should be, such as a port in use; the message says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
