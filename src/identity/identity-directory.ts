import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '#libs/kernel';
import type { LocalTokens } from '../auth/local-tokens.js';
import type { Revocations } from '../auth/revocations.js';
import { fingerprint, type GatewayConfig } from '../config/index.js';
import type { Changes, Database } from '../database/index.js';
import type { Identity, OwnIdentity } from './identity.js';

/** Milliseconds that requests of the configuration before have for what they still want of its keys. */
const GRACE = 10_000;

export interface IdentityInput {
  readonly config: GatewayConfig;
  /** Where `config` lies. */
  readonly folder: string;
  /** `null` where nothing of the configuration needs one. */
  readonly database: Database | null;
  readonly changes: Changes | null;
  readonly revocations: Revocations;
  readonly clock: Clock;
}

/** The identity of a configuration that is not yet in force. */
export interface BuiltIdentity {
  /** What signs and recognises tokens; `null` where the file has no `identity`. */
  readonly tokens: LocalTokens | null;
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

interface Held {
  readonly settings: string;
  readonly database: Database;
  readonly identity: OwnIdentity;
}

/** Keeps accounts, sessions and tokens across reloads that leave their settings as they are. */
@Injectable()
export class IdentityDirectory implements OnApplicationShutdown {
  #held: Held | null = null;
  readonly #ending = new Map<Held, NodeJS.Timeout>();

  /** In force; `null` where the file has none. */
  get current(): Identity | null {
    return this.#held?.identity ?? null;
  }

  /**
   * Makes it ready; where the file has no `identity`, nothing is loaded.
   * @throws Error by rejection, in words for the user, when something cannot be as the file says.
   */
  async prepare(input: IdentityInput): Promise<BuiltIdentity> {
    const held = await this.#hold(input);
    return {
      tokens: held?.identity.tokens ?? null,
      adopt: () => {
        const former = this.#held;
        this.#held = held;
        if (former !== null && former !== held) this.#retire(former);
      },
      discard: () => {
        if (held !== this.#held) held?.identity.close();
      },
    };
  }

  async #hold({ changes, clock, config, database, folder, revocations }: IdentityInput): Promise<Held | null> {
    if (config.identity === undefined || database === null || changes === null) return null;
    const settings = fingerprint([config.identity, folder]);
    if (this.#held?.settings === settings && this.#held.database === database) return this.#held;
    const { createIdentity } = await import('./create-identity.js');
    return { settings, database, identity: await createIdentity({ config: config.identity, database, changes, revocations, clock, folder }) };
  }

  #retire(held: Held): void {
    this.#ending.set(held, setTimeout(() => {
      this.#ending.delete(held);
      held.identity.close();
    }, GRACE).unref());
  }

  onApplicationShutdown(): void {
    for (const [held, timer] of this.#ending) {
      clearTimeout(timer);
      held.identity.close();
    }
    this.#ending.clear();
    this.#held?.identity.close();
    this.#held = null;
  }
}
