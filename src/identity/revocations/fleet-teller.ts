import type { Revocation } from '../../auth/revocations.js';
import type { Fleet } from '../../cluster/index.js';
import { revokeTopic } from './topics.js';

interface Waiting {
  readonly revocation: Revocation;
  readonly done: () => void;
}

/** Tells the other workers what was revoked. What comes while they are being told gathers, and is told at once then. */
export class FleetTeller {
  #waiting: Waiting[] = [];
  #telling = false;

  constructor(private readonly fleet: Fleet) {}

  /** Over when they know, or do not answer. Never rejects. */
  tell(revocation: Revocation): Promise<void> {
    if (this.fleet.worker === null) return Promise.resolve();
    return new Promise((done) => {
      this.#waiting.push({ revocation, done });
      if (!this.#telling) void this.#tellAll();
    });
  }

  async #tellAll(): Promise<void> {
    this.#telling = true;
    while (this.#waiting.length > 0) {
      const told = this.#waiting.splice(0);
      await this.fleet.ask(revokeTopic, told.map(({ revocation }) => revocation));
      for (const { done } of told) done();
    }
    this.#telling = false;
  }
}
