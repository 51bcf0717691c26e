import type { Transaction } from 'kysely';
import type { Clock } from '#libs/kernel';
import { ChangeReader } from './change-reader.js';
import type { Change, Changes, NewChange } from './changes.js';
import type { Database } from './database.js';
import { Subscriber } from './subscriber.js';
import type { Tables } from './tables.js';

/** Milliseconds between two looks for changes that are old. */
const SWEEP_EVERY = 3_600_000;
/** Milliseconds without a look after which changes may have been deleted that were not read: well before a day. */
const LOST = 12 * 3_600_000;

export interface FeedParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Milliseconds between two looks. */
  readonly sync: number;
  /** Tells the other processes to look. Never rejects. */
  readonly tellOthers: () => Promise<void>;
}

/** The changes of one database, for one process. It looks while somebody listens. */
export class ChangeFeed implements Changes {
  readonly #reader: ChangeReader;
  readonly #subscribers = new Set<Subscriber>();
  #looked: number | null = null;
  #swept = Number.NEGATIVE_INFINITY;
  #current: Promise<void> = Promise.resolve();
  /** A look that has not begun yet. */
  #next: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly parts: FeedParts) {
    this.#reader = new ChangeReader(parts.database, parts.clock);
  }

  async record(trx: Transaction<Tables>, { body, kind, subject }: NewChange): Promise<void> {
    await trx.insertInto('changes').values({ kind, subject, body: JSON.stringify(body ?? null), at: this.parts.clock.now() }).execute();
  }

  async announce(): Promise<void> {
    await Promise.all([this.look(), this.parts.tellOthers()]);
  }

  subscribe(kind: string, listener: (change: Change) => void, load: () => Promise<void> = () => Promise.resolve()): () => void {
    const subscriber = new Subscriber(kind, listener, load);
    this.#subscribers.add(subscriber);
    void this.look();
    return () => {
      this.#subscribers.delete(subscriber);
      subscriber.fallBehind();
    };
  }

  /** Reads what is new and tells of it. Never rejects. One that runs may have begun too early: another follows it. */
  look(): Promise<void> {
    if (this.#subscribers.size === 0 || this.#closed) return Promise.resolve();
    this.#next ??= this.#current.then(() => {
      this.#next = null;
      this.#current = this.#turn();
      return this.#current;
    });
    return this.#next;
  }

  async #turn(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#read();
      for (const subscriber of this.#subscribers) subscriber.catchUp();
    } catch {
      // The database is away. Whoever asks it hears so; here it is asked again.
    }
    if (this.#subscribers.size > 0 && !this.#closed) this.#timer = setTimeout(() => void this.look(), this.parts.sync).unref();
  }

  async #read(): Promise<void> {
    const { clock } = this.parts;
    if (this.#looked === null || clock.elapsed() - this.#looked > LOST) {
      await this.#reader.begin();
      for (const subscriber of this.#subscribers) subscriber.fallBehind();
    }
    for (let more = true; more;) {
      const page = await this.#reader.read();
      for (const change of page.changes) this.#deliver(change);
      ({ more } = page);
    }
    this.#looked = clock.elapsed();
    if (clock.elapsed() - this.#swept < SWEEP_EVERY) return;
    this.#swept = clock.elapsed();
    await this.#reader.sweep();
  }

  #deliver(change: Change): void {
    for (const subscriber of this.#subscribers) if (subscriber.kind === change.kind) subscriber.hear(change);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#subscribers.clear();
  }
}
