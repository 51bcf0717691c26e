import type { Transaction } from 'kysely';
import { Problem, problems, Secret, type Clock } from '#libs/kernel';
import { digestOfKey, newKeyText, type NewKeyText } from '../../auth/api-key/key-text.js';
import type { ApiKeysConfig } from '../../config/index.js';
import { isDuplicate, type Changes, type Database, type Tables } from '../../database/index.js';
import { columnsOf, keyOf, type ApiKey, type KeyAndText, type KeyChanges, type KeyDraft, type KeyRow } from './api-key.js';

/** What changes of this room are called. */
export const CHANGE = 'api-key';

/** Milliseconds that a key is still told of after its end. */
export const KEPT = 30 * 86_400_000;

export interface KeyStoreParts {
  readonly database: Database;
  readonly changes: Changes;
  readonly clock: Pick<Clock, 'now'>;
  readonly config: ApiKeysConfig;
}

/**
 * The keys in the database. Whatever it does is heard by all processes. Everything rejects with Problem database-away (503)
 * while it is, and with unknown-key where there is none of the id.
 */
export class KeyStore {
  constructor(private readonly parts: KeyStoreParts) {}

  /** @param by who makes it. @throws Problem unprocessable by rejection when there are as many as there may be. */
  async create(draft: KeyDraft, by: string | null): Promise<KeyAndText> {
    const made = newKeyText(this.parts.config.prefix);
    const row = this.#rowOf(draft, made, by);
    try {
      await this.parts.database.transaction(async (trx) => {
        await this.#makeRoom(trx);
        await trx.insertInto('api_keys').values(row).execute();
        await this.#record(trx, row);
      });
    } catch (error) {
      // An id that was there before is drawn again; nobody will live to see it.
      if (isDuplicate(error)) return this.create(draft, by);
      throw error;
    }
    return this.#told({ key: keyOf(row), text: new Secret(made.text) });
  }

  /**
   * Gives a key another text.
   * @param overlap milliseconds that the one it has now goes on; 0 for not at all. One from before it is over at once.
   */
  async rotate(id: string, overlap: number): Promise<KeyAndText> {
    const made = newKeyText(this.parts.config.prefix, id);
    const key = await this.#change(id, (row) => ({
      ...columnsForText(made),
      former_hash: overlap === 0 ? null : row.hash,
      former_until: overlap === 0 ? null : this.parts.clock.now() + overlap,
    }));
    return { key, text: new Secret(made.text) };
  }

  change(id: string, changes: KeyChanges): Promise<ApiKey> {
    return this.#change(id, () => columnsOf(changes));
  }

  /** @returns whether it was not revoked before. */
  async revoke(id: string): Promise<{ readonly key: ApiKey; readonly first: boolean }> {
    let first = true;
    const key = await this.#held(id, (row) => {
      first = row.revoked_at === null;
      return first ? { revoked_at: this.parts.clock.now(), former_hash: null, former_until: null } : {};
    });
    return { key, first };
  }

  async find(id: string): Promise<ApiKey> {
    const row = await this.parts.database.run((db) => db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst());
    if (row === undefined) throw unknown();
    return keyOf(row);
  }

  #change(id: string, columns: (row: KeyRow) => Partial<KeyRow>): Promise<ApiKey> {
    return this.#held(id, (row) => {
      if (row.revoked_at !== null) throw new Problem(problems.unprocessable, 'The key has been revoked, and that is for good; make another one.');
      return columns(row);
    });
  }

  async #held(id: string, columns: (row: KeyRow) => Partial<KeyRow>): Promise<ApiKey> {
    return this.#told(await this.parts.database.transaction(async (trx) => {
      // A write that changes nothing holds the row in both engines, so that changes of one key come one after the other.
      const held = await trx.updateTable('api_keys').set((row) => ({ version: row.ref('version') })).where('id', '=', id).returningAll().executeTakeFirst();
      if (held === undefined) throw unknown();
      const row = { ...held, ...columns(held), version: held.version + 1 };
      const { id: _id, last_used_at: _used, ...written } = row;
      await trx.updateTable('api_keys').set(written).where('id', '=', id).execute();
      await this.#record(trx, row);
      return keyOf(row);
    }));
  }

  async #told<T>(result: T): Promise<T> {
    await this.parts.changes.announce();
    return result;
  }

  /** The hash is no secret: nobody finds what it is of, and it is in the table beside anyway. */
  #record(trx: Transaction<Tables>, row: KeyRow): Promise<void> {
    return this.parts.changes.record(trx, { kind: CHANGE, subject: row.id, body: row });
  }

  /** Whoever makes keys takes those away that ended long ago. */
  async #makeRoom(trx: Transaction<Tables>): Promise<void> {
    const now = this.parts.clock.now();
    await trx.deleteFrom('api_keys').where((is) => is.or([is('revoked_at', '<', now - KEPT), is('expires_at', '<', now - KEPT)])).execute();
    const { good } = await trx.selectFrom('api_keys').select(({ fn }) => fn.countAll<number>().as('good'))
      .where('revoked_at', 'is', null).where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)])).executeTakeFirstOrThrow();
    const { max } = this.parts.config;
    if (Number(good) >= max) throw new Problem(problems.unprocessable, `There are ${max} keys, as many as apiKeys.max allows; revoke some, or allow more.`);
  }

  #rowOf(draft: KeyDraft, made: NewKeyText, by: string | null): KeyRow {
    return {
      id: made.id, ...columnsForText(made), former_hash: null, former_until: null, version: 1,
      name: draft.name, owner: draft.owner, roles: '[]', permissions: '[]', scopes: '[]', limits: null, ...columnsOf(draft),
      created_at: this.parts.clock.now(), created_by: by, expires_at: draft.expiresAt, revoked_at: null, last_used_at: null,
    };
  }
}

function columnsForText({ start, text }: NewKeyText): Pick<KeyRow, 'hash' | 'prefix'> {
  return { prefix: start, hash: digestOfKey(text) };
}

function unknown(): Problem {
  return new Problem(problems.unknownKey, 'There is no key of this id.');
}
