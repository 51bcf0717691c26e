import { Revocations, type Revocation } from '../../auth/revocations.js';
import type { Changes, Database } from '../../database/index.js';
import type { Clock } from '#libs/kernel';
import { DatabaseRevocations } from './database-store.js';

/** Writes down what is revoked, where nobody calls: gateways that run hear of it through the feed of changes. */
export class WrittenRevocations extends Revocations {
  readonly #store: DatabaseRevocations;

  constructor(database: Database, changes: Changes, private readonly clock: Pick<Clock, 'now'>) {
    super();
    this.#store = new DatabaseRevocations(database, changes);
  }

  covers(): boolean {
    return false;
  }

  /** @throws Problem database-away by rejection. */
  revoke(revocation: Revocation): Promise<void> {
    return this.#store.add(revocation, this.clock.now());
  }
}
