import { ConfigurationError, formatIssues } from '../config/index.js';
import { EXIT, Failure, UsageError } from './failure.js';
import type { Io } from './io.js';

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
