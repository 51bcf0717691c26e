import { Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import { Problem, problems, type Clock } from '#libs/kernel';
import type { ApiKeys } from '../../auth/api-keys.js';
import type { ApiKeysConfig } from '../../config/index.js';
import type { Changes, Database } from '../../database/index.js';
import type { KeptKeys } from './kept-keys.js';
import type { Keys } from './keys.js';

export interface KeysInput {
  readonly config: ApiKeysConfig;
  /** Whether an authenticator goes by them. */
  readonly needed: boolean;
  readonly database: Database | null;
  readonly changes: Changes | null;
  readonly clock: Clock;
}

/** The keys of a configuration that is not yet in force. */
export interface BuiltKeys {
  /** `null` where nobody goes by them. */
  readonly keys: ApiKeys | null;
  /** Over once they were read, or it is known that they cannot be now. Never rejects. */
  readonly settled: Promise<void>;
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

/** Keeps the keys in memory across reloads that leave their database as it is. */
@Injectable()
export class KeyDirectory implements BeforeApplicationShutdown, OnApplicationShutdown {
  #held: KeptKeys | null = null;
  #keys: Keys | null = null;

  /** What can be done to keys. @throws Problem route-not-found where no authenticator goes by them. */
  get current(): Keys {
    if (this.#keys === null) throw new Problem(problems.routeNotFound, 'This gateway goes by no keys that can be managed: its file has no authenticator `use: api-key` that does.');
    return this.#keys;
  }

  /** Begins to read them, unless they are read already; where nobody goes by them, nothing is loaded. */
  async prepare({ changes, clock, config, database, needed }: KeysInput): Promise<BuiltKeys> {
    if (!needed || database === null || changes === null) return this.#built(null, null);
    const { createKeys, KeptKeys } = await import('./create-keys.js');
    const parts = { database, changes, clock };
    const held = this.#holds(parts) ?? new KeptKeys(parts);
    return this.#built(held, createKeys(held, config));
  }

  #built(held: KeptKeys | null, keys: Keys | null): BuiltKeys {
    return {
      keys: held,
      settled: held?.settled ?? Promise.resolve(),
      adopt: () => {
        const former = this.#held;
        this.#held = held;
        this.#keys = keys;
        if (former !== held) void former?.flush().then(() => former.end());
      },
      discard: () => {
        if (held !== this.#held) held?.end();
      },
    };
  }

  #holds({ changes, database }: KeptKeys['parts']): KeptKeys | null {
    const held = this.#held;
    return held?.parts.database === database && held.parts.changes === changes ? held : null;
  }

  /** While the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#held?.flush();
  }

  onApplicationShutdown(): void {
    this.#held?.end();
    this.#held = null;
    this.#keys = null;
  }
}
