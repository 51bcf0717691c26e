import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Random } from '#libs/kernel';
import type { ConsulAnswer, ConsulClient, ConsulQuestion } from './consul-client.js';

/** Milliseconds between two questions at least: things that change all the time are looked at this often. */
const PACE = 100;
/** Milliseconds before the first try after a failure, and at most. */
const BACKOFF = { first: 250, longest: 15_000 };

/** Who is told what Consul answers. */
export interface ConsulListener {
  /** Called for each answer, also for one that says the same again. May throw a ConsulError for one without sense. */
  answered(answer: ConsulAnswer): void;
  /** Called for each failure. */
  failed(why: string): void;
}

export interface Watching {
  readonly client: ConsulClient;
  readonly question: ConsulQuestion;
  /** Milliseconds for which Consul may hold back an answer that brings nothing new; ten minutes at most. */
  readonly wait: number;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Asks the same question again and again by blocking queries: each is answered as soon as there is something newer.
 * @returns a function that ends it, and closes the client. It never keeps the process alive between questions.
 */
export function watchConsul(watching: Watching, listener: ConsulListener): () => void {
  const end = new AbortController();
  void ask(watching, listener, end.signal);
  return () => {
    end.abort();
    watching.client.close();
  };
}

async function ask({ client, question, wait, clock, random }: Watching, listener: ConsulListener, end: AbortSignal): Promise<void> {
  let index = 0;
  let failures = 0;
  while (!end.aborted) {
    const startedAt = clock.elapsed();
    try {
      const answer = await client.ask(question, index === 0 ? null : { index, wait });
      if (end.aborted) return;
      listener.answered(answer);
      // An index that goes back means another history, such as after a restore: nothing is newer than the old one.
      index = answer.index < index ? 0 : answer.index;
      failures = 0;
      await pause(PACE - (clock.elapsed() - startedAt), end);
    } catch (error) {
      if (end.aborted) return;
      listener.failed((error as Error).message);
      // The first answer after a failure must not wait for something newer.
      index = 0;
      await pause(Math.min(BACKOFF.longest, BACKOFF.first * 2 ** failures++) * (0.5 + random() / 2), end);
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => {});
}
