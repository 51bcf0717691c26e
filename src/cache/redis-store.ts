import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CacheRecord, Keeping } from '#libs/http-cache';
import type { Clock } from '#libs/kernel';
import type { Script } from '#libs/rate-limit';
import type { RedisConnection } from '../redis/index.js';
import { addressIn, beginningsOf, compilePrefix, isOf } from './address.js';
import { invalidationSchema, type Invalidation } from './invalidation.js';
import { LONGEST, NameSets } from './name-sets.js';
import { Owed } from './owed.js';
import { readRecord, writeRecord } from './record-text.js';
import { openStorage, type Storage } from './storage.js';

const RECORD = 'cache:record:';
const LEASE = 'cache:lease:';
const CHANNEL = 'cache:forget';
/** Milliseconds after which nobody waits for whoever has a lease. */
const LEASE_FOR = 30_000;
/** Keys removed by one command. */
const AT_ONCE = 500;

const source = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";
/** Gives a lease back unless it is somebody else's by now. */
const giveBack: Script = { source, sha: createHash('sha1').update(source).digest('hex') };

const message = z.strictObject({ from: z.string(), forget: invalidationSchema });

export interface Found {
  readonly record: CacheRecord;
  readonly keeping: Keeping;
}

/** Who hears what other instances forget. */
export interface Hearer {
  forget(invalidation: Invalidation): void;
  /** Something may have been missed. */
  gap(): void;
}

/** The second tier: records in Redis, for all workers and instances. Redis slow or away costs nothing but misses. */
export class RedisStore {
  #storage: Storage | null = null;
  #opening = false;
  #missing = 'what asks it is not loaded yet';
  #leases = 0;
  /** Records on their way there, by address. */
  readonly #writing = new Map<string, Promise<unknown>>();
  readonly #names: NameSets;
  readonly #owed: Owed;

  /** @param id tells this process from all others. */
  constructor(private readonly connection: RedisConnection, private readonly id: string, private readonly clock: Pick<Clock, 'now'>) {
    this.#names = new NameSets(connection);
    this.#owed = new Owed((invalidation) => this.#tell(invalidation));
  }

  /** Loads what it needs. Until then it is away. */
  open(): void {
    if (this.#opening) return;
    this.#opening = true;
    openStorage(this.connection).then((storage) => { this.#storage = storage; }, (error: unknown) => { this.#missing = String(error); });
  }

  /** Whether to ask it. */
  get reachable(): boolean {
    return this.away === null;
  }

  /** Why it is not asked; `null` where it is. What is there is not to be trusted until it has heard what was forgotten. */
  get away(): string | null {
    if (this.#storage === null) return this.#missing;
    return this.connection.away ?? (this.#owed.some ? 'it has not heard yet what was purged' : null);
  }

  /** What else may be kept there, by whoever uses keys of its own; `null` where it cannot be asked. */
  get shared(): Storage | null {
    this.open();
    return this.connection.away === null ? this.#storage : null;
  }

  /** Never rejects. */
  async get(key: string): Promise<Found | null> {
    try {
      return readRecord(await (this.#storage as Storage).get(RECORD + key), this.clock.now());
    } catch {
      return null;
    }
  }

  /** Never rejects. */
  async set(key: string, record: CacheRecord, keeping: Keeping): Promise<void> {
    const address = addressIn(key);
    const writing = Promise.all([this.#writing.get(address), this.#write(key, record, keeping)]);
    this.#writing.set(address, writing);
    await writing;
    if (this.#writing.get(address) === writing) this.#writing.delete(address);
  }

  async #write(key: string, record: CacheRecord, keeping: Keeping): Promise<void> {
    const now = this.clock.now();
    const keep = Math.min(keeping.keep, LONGEST);
    try {
      // First what it is found by: a record that is found by nothing could not be forgotten.
      await this.#names.add(key, [['address', addressIn(key)], ...keeping.tags.map((tag) => ['tag', tag] as const)], { keep, now });
      await (this.#storage as Storage).set(RECORD + key, writeRecord(record, keeping, now), Math.ceil(keep));
    } catch {
      // What cannot be kept is fetched again.
    }
  }

  /** Never rejects. */
  async delete(key: string): Promise<void> {
    await this.connection.commands.remove([RECORD + key]).catch(() => undefined);
  }

  /**
   * Forgets, and tells the other instances; later, where Redis is away. Never rejects.
   * @returns how many records there were; `null` where it is done later.
   */
  async forget(invalidation: Invalidation): Promise<number | null> {
    try {
      if (this.connection.away !== null || this.#owed.some) throw new Error('Redis is away');
      return await this.#tell(invalidation);
    } catch {
      this.#owed.add(invalidation);
      return null;
    }
  }

  /** Calls the hearer for all that others forget. @returns a function that ends it. */
  hear(hearer: Hearer): () => void {
    return this.connection.subscribe(CHANNEL, (text) => {
      const said = read(text);
      if (said !== null && said.from !== this.id) hearer.forget(said.forget);
    }, () => hearer.gap());
  }

  /** @returns what gives the lease back; `null` when somebody else has it. */
  async lease(key: string): Promise<(() => void) | null> {
    const name = LEASE + key;
    const token = `${this.id}.${++this.#leases}`;
    try {
      if (!(await this.connection.commands.claim(name, token, LEASE_FOR))) return null;
    } catch {
      return () => undefined;
    }
    return () => void this.#giveBack(key, name, token);
  }

  /** Whoever gets the lease next has to find what was fetched with it. */
  async #giveBack(key: string, name: string, token: string): Promise<void> {
    await this.#writing.get(addressIn(key));
    await this.connection.run(giveBack, [name], [token]).catch(() => undefined);
  }

  /** Leaves the connection to whoever made it. */
  end(): void {
    this.#owed.end();
  }

  /**
   * The others are told before, so that none writes what is not looked for any more, and after, for what one has read again
   * meanwhile.
   * @returns how many records there were.
   */
  async #tell(invalidation: Invalidation): Promise<number> {
    const said = JSON.stringify({ from: this.id, forget: invalidation } satisfies z.input<typeof message>);
    const { commands } = this.connection;
    await commands.publish(CHANNEL, said);
    let count = 0;
    for await (const keys of this.#keysOf(invalidation)) count += await this.#remove(keys);
    await commands.publish(CHANNEL, said);
    return count;
  }

  async *#keysOf(invalidation: Invalidation): AsyncGenerator<readonly string[]> {
    if (!('prefix' in invalidation)) {
      const origin = 'tags' in invalidation ? invalidation.origin : undefined;
      for await (const keys of this.#names.of(invalidation, this.clock.now())) {
        yield (origin === undefined ? keys : keys.filter((key) => isOf(origin, key))).map((key) => RECORD + key);
      }
      return;
    }
    const begins = compilePrefix(invalidation.prefix);
    for (const beginning of beginningsOf(invalidation.prefix)) {
      for await (const keys of this.connection.scan(RECORD + beginning)) yield keys.filter((key) => begins(key.slice(RECORD.length)));
    }
  }

  async #remove(keys: readonly string[]): Promise<number> {
    let count = 0;
    for (let from = 0; from < keys.length; from += AT_ONCE) count += await this.connection.commands.remove(keys.slice(from, from + AT_ONCE));
    return count;
  }
}

/** Anybody may publish there. */
function read(text: string): z.output<typeof message> | null {
  try {
    return message.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
