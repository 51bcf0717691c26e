import { z } from 'zod';
import type { Topic } from '../cluster/index.js';
import { TABLES, type CountedRows } from './counts.js';
import { joined } from './table.js';

/** What one process counted, or several did. Times in milliseconds since the epoch. */
export interface Counted {
  readonly since: number;
  /** When the counts were last begun anew; `null` for never. */
  readonly resetAt: number | null;
  readonly rows: CountedRows;
}

/** Thousands of rows are looked at from afar. */
const rows = z.custom<CountedRows>((value) => typeof value === 'object' && value !== null && TABLES.every((name) => name in value));

/** What a worker counted. Counts outlast it. */
export const countsTopic: Topic<null, Counted> = {
  name: 'analytics',
  question: z.null(),
  answer: z.object({ since: z.number(), resetAt: z.number().nullable(), rows }),
  inherit: (last, estate) => together(estate === null ? [last] : [last, estate]),
};

/** Begin anew. The question is the time, which is the same for all workers. */
export const resetTopic: Topic<number, null> = { name: 'analytics:reset', question: z.number(), answer: z.null() };

/** The counts of several as those of one. What was counted before the last new beginning is left out: it may come from a worker that had ended by then. */
export function together(all: readonly Counted[]): Counted {
  const resets = all.flatMap(({ resetAt }) => resetAt ?? []);
  const resetAt = resets.length === 0 ? null : Math.max(...resets);
  const counting = all.filter(({ since }) => resetAt === null || since >= resetAt);
  const tables = TABLES.map((name) => [name, joined(counting.map((each) => each.rows[name]))] as const);
  return { since: Math.min(...counting.map(({ since }) => since)), resetAt, rows: Object.fromEntries(tables) as CountedRows };
}
