import type { Clock } from '#libs/kernel';
import type { Revocation } from '../../auth/revocations.js';
import type { Change, Changes, Database } from '../../database/index.js';
import type { RedisConnection } from '../../redis/index.js';
import { CHANGE, DatabaseRevocations } from './database-store.js';
import { RedisRevocations } from './redis-store.js';
import { readRevocations, revocationText } from './revocation-schema.js';
import type { RevocationStore } from './store.js';

const CHANNEL = 'revocations';
/** Milliseconds between two attempts to read what there is. */
const AGAIN = 1_000;
/** Milliseconds that a start waits for it. */
const PATIENCE = 2_000;

/** Who is told what was revoked elsewhere, and asked what is known here. */
export interface Ledger {
  take(revocations: readonly Revocation[]): void;
  list(): readonly Revocation[];
}

export interface SourceParts {
  readonly database: Database | null;
  readonly changes: Changes | null;
  readonly redis: RedisConnection | null;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Where revocations are written down and heard of: the database, or Redis where there is none, or nowhere. It reads all
 * that there is as soon as that can be had, and again whenever something may have been missed.
 */
export class Source {
  /** Over once all was read, or it is known that it cannot be now. */
  readonly settled: Promise<void>;
  /** Whether all was read once. */
  known = false;
  readonly #store: RevocationStore | null;
  readonly #tried = Promise.withResolvers<void>();
  #deaf: () => void = () => undefined;
  #again: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(readonly parts: SourceParts, private readonly ledger: Ledger) {
    const { changes, database, redis } = parts;
    this.settled = this.#tried.promise;
    setTimeout(this.#tried.resolve, PATIENCE).unref();
    if (database !== null && changes !== null) {
      this.#store = new DatabaseRevocations(database, changes);
      this.#deaf = changes.subscribe(CHANGE, (change) => this.#heard(change), () => this.#read());
      if (database.away !== null) this.#tried.resolve();
    } else if (redis !== null) {
      this.#store = new RedisRevocations(redis);
      this.#deaf = redis.subscribe(CHANNEL, (text) => ledger.take(readRevocations(text)), () => void this.#readAgain());
      void this.#readAgain();
    } else {
      this.#store = null;
      this.known = true;
      this.#tried.resolve();
    }
  }

  /** Writes one down and tells other instances. @throws Problem by rejection when that cannot be. */
  async add(revocation: Revocation): Promise<void> {
    await this.#store?.add(revocation, this.parts.clock.now());
    if (this.#store instanceof RedisRevocations) await this.#publish(revocation);
  }

  async #publish(revocation: Revocation): Promise<void> {
    await this.parts.redis?.commands.publish(CHANNEL, `[${revocationText(revocation)}]`).catch(() => undefined);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#again);
    this.#deaf();
  }

  #heard({ body }: Change): void {
    this.ledger.take(readRevocations(JSON.stringify([body])));
  }

  async #read(): Promise<void> {
    const missing = new Map(this.ledger.list().map((each) => [revocationText(each), each]));
    try {
      for await (const page of this.#store?.load(this.parts.clock.now()) ?? []) {
        this.ledger.take(page);
        for (const each of page) missing.delete(revocationText(each));
      }
      this.known = true;
    } finally {
      this.#tried.resolve();
    }
    await this.#giveBack(missing.values());
  }

  /** A Redis that has forgotten is told again what is known here, and so are those who read it in between. */
  async #giveBack(missing: Iterable<Revocation>): Promise<void> {
    if (!(this.#store instanceof RedisRevocations)) return;
    for (const revocation of missing) if (await this.#store.add(revocation, this.parts.clock.now())) await this.#publish(revocation);
  }

  async #readAgain(): Promise<void> {
    clearTimeout(this.#again);
    await this.#read().catch(() => {
      if (!this.#ended) this.#again = setTimeout(() => void this.#readAgain(), AGAIN).unref();
    });
  }
}
