import type { Fleet } from '../cluster/index.js';
import type { Invalidation } from './invalidation.js';
import type { Siblings } from './tiered-store.js';
import { forgetTopic } from './topics.js';

interface Waiting {
  readonly invalidation: Invalidation;
  readonly settle: (count: number) => void;
}

/** Tells the other workers what to forget. While they are being told, what comes next gathers, and is told at once then. */
export class FleetSiblings implements Siblings {
  #waiting: Waiting[] = [];
  #telling = false;
  /** Who was not reached the last time, and why, one line each. */
  failures: readonly string[] = [];

  constructor(private readonly fleet: Fleet) {}

  forget(invalidation: Invalidation): Promise<number> {
    if (this.fleet.worker === null) return Promise.resolve(0);
    return new Promise((settle) => {
      this.#waiting.push({ invalidation, settle });
      if (!this.#telling) void this.#tell();
    });
  }

  async #tell(): Promise<void> {
    this.#telling = true;
    while (this.#waiting.length > 0) {
      const told = this.#waiting;
      this.#waiting = [];
      const { answers, failures } = await this.fleet.ask(forgetTopic, told.map(({ invalidation }) => invalidation));
      this.failures = failures;
      for (const [i, { settle }] of told.entries()) settle(answers.reduce((sum, counts) => sum + (counts[i] ?? 0), 0));
    }
    this.#telling = false;
  }
}
