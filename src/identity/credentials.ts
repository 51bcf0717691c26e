import path from 'node:path';
import { Injectable } from '@nestjs/common';
import type { Clock } from '#libs/kernel';
import { needsKeys } from '../auth/api-key/options.js';
import { ApiKeys } from '../auth/api-keys.js';
import { LocalTokens } from '../auth/local-tokens.js';
import type { GatewayConfig } from '../config/index.js';
import type { Changes, Database } from '../database/index.js';
import type { RedisConnection } from '../redis/index.js';
import { IdentityDirectory } from './identity-directory.js';
import { KeyDirectory } from './keys/index.js';
import { KeptRevocations } from './revocations/index.js';

export interface CredentialsInput {
  readonly config: GatewayConfig;
  /** `null` where nothing of the configuration needs one. */
  readonly database: Database | null;
  readonly changes: Changes | null;
  readonly redis: RedisConnection | null;
  readonly clock: Clock;
}

/** What authenticators of a configuration go by, not yet in force. */
export interface BuiltCredentials {
  /** By the class they ask for. */
  readonly provided: ReadonlyMap<unknown, unknown>;
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

/** What authenticators go by beside the file: keys, tokens of the gateway's own, and what is revoked. */
@Injectable()
export class Credentials {
  constructor(
    private readonly revocations: KeptRevocations,
    private readonly keys: KeyDirectory,
    private readonly identities: IdentityDirectory,
  ) {}

  /**
   * Reads them, and waits until it is known whether they can be read.
   * @throws Error by rejection, in words for the user, when something cannot be as the file says.
   */
  async prepare({ redis, ...input }: CredentialsInput): Promise<BuiltCredentials> {
    const { config } = input;
    const keys = await this.keys.prepare({ ...input, config: config.apiKeys, needed: needsKeys(config.authenticate) });
    const revocations = this.revocations.build({ database: input.database, changes: input.changes, redis, away: config.revocation.away });
    const built = [revocations, keys];
    try {
      await Promise.all([revocations.settled, keys.settled]);
      const identity = await this.identities.prepare({ ...input, folder: path.dirname(config.file), revocations: this.revocations });
      const provided = new Map<unknown, unknown>([[LocalTokens, identity.tokens], [ApiKeys, keys.keys]].filter(([, held]) => held !== null) as [unknown, unknown][]);
      return { provided, adopt: () => [...built, identity].forEach((each) => each.adopt()), discard: () => [...built, identity].forEach((each) => each.discard()) };
    } catch (error) {
      for (const each of built) each.discard();
      throw error;
    }
  }
}
