import { ConfigurationError, formatIssues } from '../config/index.js';
import type { Io } from './io.js';

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

/** Tells why a command ended early, and with which exit code it does. A stack is shown for our own faults only. */
export function report(error: unknown, io: Io, json: boolean): number {
  if (error instanceof ConfigurationError) {
    const { issues } = error;
    if (json) io.out(JSON.stringify({ ok: false, issues }, null, 2));
    else io.err(`${io.paint('red', issues.length === 1 ? 'The configuration has a mistake:' : `The configuration has ${issues.length} mistakes:`)}\n${formatIssues(issues)}`);
    return EXIT.findings;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof UsageError || error instanceof Failure;
  if (json) io.out(JSON.stringify({ ok: false, error: message }, null, 2));
  io.err(known ? io.paint('red', message) : (stack ?? message));
  return error instanceof UsageError ? EXIT.usage : EXIT.findings;
}
