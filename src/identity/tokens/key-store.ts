import type { Transaction } from 'kysely';
import { events } from '#libs/kernel';
import type { Changes, Database, SigningKeyTable as Row, Tables } from '../../database/index.js';
import { isAsymmetric, makePair, type Asymmetric } from './key-pair.js';
import { isLeftOver, isOver, nextKeyFrom, type KeyPlan, type KeyTimes } from './key-schedule.js';
import type { Vault } from './vault.js';

/** What changes of this room are called. */
export const CHANGE = 'signing-key';
/** Whoever changes keys in PostgreSQL holds this advisory lock; the number means nothing. */
const LOCK = 7_206_945_127;

/** A key as it is written down. */
export interface WrittenKey extends KeyTimes {
  readonly kid: string;
  readonly algorithm: Asymmetric;
  /** JSON. */
  readonly publicJwk: string;
  /** Sealed, or JSON. */
  readonly privateJwk: string;
}

export interface KeyStoreParts {
  readonly database: Database;
  readonly changes: Changes;
  readonly vault: Vault;
  readonly plan: KeyPlan & { readonly algorithm: Asymmetric };
}

/** The table of signing keys. */
export class KeyStore {
  constructor(private readonly parts: KeyStoreParts) {}

  /** All that may still verify something. @throws Problem database-away by rejection. */
  load(): Promise<readonly WrittenKey[]> {
    return this.parts.database.run(async (db) => read(await db.selectFrom('signing_keys').selectAll().execute()));
  }

  /**
   * Makes the key that is due, where one is, and tidies up: once, however many processes try at the same time.
   * @returns whether anything is different now.
   * @throws Problem database-away by rejection.
   */
  async tend(now: number): Promise<boolean> {
    const known = await this.load();
    if (!this.#needs(known, now)) return false;
    // Before the transaction, which nothing else may hold up; the one who comes second has made it for nothing.
    const due = nextKeyFrom(known, this.parts.plan, now) !== null;
    const pair = due ? await makePair(this.parts.plan.algorithm) : null;
    const { added, changed } = await this.parts.database.transaction(async (trx) => {
      await this.#lock(trx);
      const keys = read(await trx.selectFrom('signing_keys').selectAll().execute());
      if (!this.#needs(keys, now)) return { added: false, changed: false };
      await this.#tidy(trx, keys, now);
      const activeFrom = nextKeyFrom(keys, this.parts.plan, now);
      const adds = pair !== null && activeFrom !== null;
      if (adds) await this.#add(trx, { pair, activeFrom, keys, now });
      await this.parts.changes.record(trx, { kind: CHANGE, subject: pair?.kid ?? '', body: null });
      return { added: adds, changed: true };
    });
    if (added && pair !== null) tell(pair.kid, this.parts.plan.algorithm);
    if (changed) await this.parts.changes.announce();
    return changed;
  }

  #needs(keys: readonly WrittenKey[], now: number): boolean {
    return nextKeyFrom(keys, this.parts.plan, now) !== null || keys.some((key) => isOver(key, now) || this.#changes(key, now) !== null);
  }

  /** What is to be written of a key that is there; `null` for nothing. Its end only ever moves away: what was signed under another configuration counts. */
  #changes(key: WrittenKey, now: number): Partial<Row> | null {
    const { plan, vault } = this.parts;
    const { activeFrom, expiresAt, kid, privateJwk } = key;
    const retiredAt = isLeftOver(key, plan, now) ? now : key.retiredAt;
    const ends = Math.max(expiresAt ?? 0, (retiredAt ?? activeFrom + plan.rotate) + plan.lifetime);
    const sealed = vault.fits(privateJwk);
    if (sealed && retiredAt === key.retiredAt && ends === expiresAt) return null;
    return { private_jwk: sealed ? privateJwk : vault.seal(privateJwk, kid), retired_at: retiredAt, expires_at: ends };
  }

  async #lock(trx: Transaction<Tables>): Promise<void> {
    if (this.parts.database.kind !== 'postgres') return;
    const { sql } = await import('kysely');
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
  }

  async #tidy(trx: Transaction<Tables>, keys: readonly WrittenKey[], now: number): Promise<void> {
    for (const key of keys) {
      const changes = this.#changes(key, now);
      if (isOver(key, now)) await trx.deleteFrom('signing_keys').where('kid', '=', key.kid).execute();
      else if (changes !== null) await trx.updateTable('signing_keys').set(changes).where('kid', '=', key.kid).execute();
    }
  }

  /** The one that signs until then retires. */
  async #add(trx: Transaction<Tables>, { activeFrom, keys, now, pair }: NewKey): Promise<void> {
    const { plan, vault } = this.parts;
    for (const { expiresAt, kid } of keys.filter(({ algorithm, retiredAt }) => algorithm === plan.algorithm && retiredAt === null)) {
      await trx.updateTable('signing_keys').set({ retired_at: activeFrom, expires_at: Math.max(expiresAt ?? 0, activeFrom + plan.lifetime) }).where('kid', '=', kid).execute();
    }
    await trx.insertInto('signing_keys').values({
      kid: pair.kid, algorithm: plan.algorithm, public_jwk: JSON.stringify(pair.publicJwk), private_jwk: vault.seal(JSON.stringify(pair.privateJwk), pair.kid),
      created_at: now, active_from: activeFrom, retired_at: null, expires_at: activeFrom + plan.rotate + plan.lifetime,
    }).execute();
  }
}

interface NewKey {
  readonly pair: Awaited<ReturnType<typeof makePair>>;
  readonly activeFrom: number;
  readonly keys: readonly WrittenKey[];
  readonly now: number;
}

function tell(kid: string, algorithm: string): void {
  events.audited.publish({ action: 'signing-key.create', outcome: 'done', actor: null, subject: `signing-key:${kid}`, client: null, requestId: null, details: { algorithm } });
}

/** Keys of a later build, of a kind that is not known here, are left alone. */
function read(rows: readonly Row[]): readonly WrittenKey[] {
  return rows.flatMap(({ active_from: activeFrom, algorithm, expires_at: expiresAt, kid, private_jwk: privateJwk, public_jwk: publicJwk, retired_at: retiredAt }) =>
    (isAsymmetric(algorithm) ? [{ kid, algorithm, publicJwk, privateJwk, activeFrom, retiredAt, expiresAt }] : []));
}
