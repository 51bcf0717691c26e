import type { Candidate } from './candidate.js';
import type { LossReason } from './reason.js';
import { refusalOf, type Question } from './refusal.js';
import { decidingRule } from './specificity.js';

/** What became of one route. */
export interface Verdict {
  readonly name: string;
  readonly outcome: 'won' | 'lost';
  /** The pattern that came closest. */
  readonly pattern: string;
  /** `null` for the winner. */
  readonly reason: LossReason | null;
}

export interface Explanation {
  readonly winner: string | null;
  readonly version: string | null;
  /** The path that was compared, without a version prefix. */
  readonly path: string;
  /** Where nothing won: the methods that exist for this path. */
  readonly allow: readonly string[];
  /** Where nothing won: a pattern that looks like what was meant. */
  readonly nearest: string | null;
  /** Every route, in the order of precedence. */
  readonly routes: readonly Verdict[];
}

interface Look<T> {
  readonly candidate: Candidate<T>;
  readonly reason: LossReason | null;
}

/**
 * Judges every route for one request. It goes through all candidates in their static order instead of searching the
 * trees, so that what it says is a check on the search and not its echo.
 * @param sorted every candidate of the table by `compareSpecificity`
 */
export function judge<T>(sorted: readonly Candidate<T>[], question: Question): Verdict[] {
  const looks = sorted.map((candidate): Look<T> => ({ candidate, reason: refusalOf(candidate, question) }));
  const winner = looks.find(({ reason }) => reason === null)?.candidate;
  const best = new Map<unknown, Look<T>>();
  for (const look of looks) {
    const reason = look.reason ?? (winner && look.candidate !== winner ? defeat(look.candidate, winner) : null);
    const earlier = best.get(look.candidate.route);
    if (!earlier || stage(reason) > stage(earlier.reason)) best.set(look.candidate.route, { candidate: look.candidate, reason });
  }
  return looks
    .map(({ candidate }) => best.get(candidate.route) as Look<T>)
    .filter((look, index) => look.candidate === looks[index]?.candidate)
    .map(({ candidate, reason }) => ({
      name: candidate.route.name, outcome: reason === null ? 'won' : 'lost', pattern: candidate.pattern.text, reason,
    }));
}

function defeat(loser: Candidate<unknown>, winner: Candidate<unknown>): LossReason {
  const rule = decidingRule(winner, loser);
  const than = winner.route.name;
  if (rule === null) return { kind: 'ambiguous', than };
  if (rule === 'priority') return { kind: 'priority', than, own: loser.route.priority, others: winner.route.priority };
  return { kind: 'less-specific', than, rule };
}

const STAGES = { host: 0, path: 1, 'trailing-slash': 2, version: 3, method: 4, condition: 5, 'less-specific': 6, priority: 6, ambiguous: 6 } as const;

/** How far a candidate came: a route is told by the pattern that came furthest, in the path by the segment. */
function stage(reason: LossReason | null): number {
  if (reason === null) return 7;
  return STAGES[reason.kind] + (reason.kind === 'path' ? 1 - 1 / (1 + reason.segment) : 0);
}
