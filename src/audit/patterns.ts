import type { AuditConfig } from '../config/index.js';

/** What the trail says of itself. */
const OWN = /^audit\./;

/** Whether an action is recorded. `*` in a pattern stands for anything. */
export function compilePatterns({ exclude, include }: AuditConfig['events']): (action: string) => boolean {
  const [wanted, unwanted] = [patternOf(include), patternOf(exclude)];
  return (action) => OWN.test(action) || (wanted.test(action) && !unwanted.test(action));
}

function patternOf(patterns: readonly string[]): RegExp {
  // Nothing is after the end: what matches no action at all.
  if (patterns.length === 0) return /$./;
  return new RegExp(`^(?:${patterns.map((pattern) => pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')).join('|')})$`);
}
