import { ConfigurationError, formatIssues, type Issue } from '../../config/index.js';
import { Failure } from '../failure.js';
import type { Io } from '../io.js';
import { openOffline, type Offline } from '../offline.js';
import { loadOptions } from '../options.js';

/** One of something for each of the two configurations. */
export interface Both<T> {
  readonly old: T;
  readonly new: T;
}

/**
 * Opens two configurations for some work and frees them when it is done.
 * @throws ConfigurationError with everything that is wrong with either; Failure when one cannot be applied.
 */
export async function withBoth<T>(files: Both<string>, io: Io, work: (both: Both<Offline>) => Promise<T>): Promise<T> {
  const opened = await Promise.allSettled([files.old, files.new].map((file) => openOffline(loadOptions(file, io))));
  const good = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    const reasons = opened.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    if (reasons.length > 0) throw together(reasons);
    const [before, after] = good as [Offline, Offline];
    return await work({ old: before, new: after });
  } finally {
    await Promise.all(good.map((each) => each[Symbol.asyncDispose]()));
  }
}

/** What is wrong with both files as one error; what a file has that both include is told once. */
function together(reasons: readonly unknown[]): unknown {
  const [first, second] = reasons;
  if (second === undefined) return first;
  if (first instanceof ConfigurationError && second instanceof ConfigurationError) {
    const issues = new Map<string, Issue>([...first.issues, ...second.issues].map((issue) => [formatIssues([issue]), issue]));
    return new ConfigurationError([...issues.values()]);
  }
  const fault = reasons.find((reason) => !(reason instanceof ConfigurationError || reason instanceof Failure));
  return fault ?? new Failure(reasons.map((reason) => (reason as Error).message).join('\n'));
}
