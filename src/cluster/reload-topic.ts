import { z } from 'zod';
import { events, type ReloadReport } from '#libs/kernel';
import type { Topic } from './fleet.js';

/** What became of a reload. */
export interface ReloadOutcome {
  /** Whether another configuration is in force now. */
  readonly changed: boolean;
  /** What is wrong, one line each; empty when all is well. */
  readonly errors: readonly string[];
}

/** Loads the configuration again, for the whole gateway. There is one answer, however many workers there are. */
export const reloadTopic: Topic<null, ReloadOutcome> = {
  name: 'reload',
  question: z.null(),
  answer: z.strictObject({ changed: z.boolean(), errors: z.array(z.string()) }),
  // Workers apply it one after the other, and may have to be replaced.
  limit: 300_000,
};

/** Runs a reload and hears what is said of it. */
export async function outcomeOf(reload: () => Promise<boolean>): Promise<ReloadOutcome> {
  let errors: readonly string[] = [];
  const note = (report: ReloadReport): void => { errors = report.errors; };
  const ends = [events.configurationLoadFailed.subscribe(note), events.configurationApplyFailed.subscribe(note)];
  try {
    return { changed: await reload(), errors };
  } finally {
    for (const end of ends) end();
  }
}
