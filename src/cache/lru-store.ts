import { LRUCache } from 'lru-cache';
import type { CacheRecord, Keeping } from '#libs/http-cache';
import type { Clock } from '#libs/kernel';
import { addressIn, compilePrefix, isOf } from './address.js';
import type { Invalidation } from './invalidation.js';
import { KeyIndex } from './key-index.js';
import { weightOf } from './weight.js';

/** How much may be kept in this process. */
export interface Room {
  /** Bytes. */
  readonly memory: number;
  readonly maxEntries?: number | undefined;
}

/** What is kept in this process now. */
export interface Fill {
  readonly entries: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Records that made room for others since the process began. */
  readonly evictions: number;
}

interface Entry {
  readonly record: CacheRecord;
  readonly tags: readonly string[];
  readonly weight: number;
  /** Milliseconds since the epoch; `Infinity` for as long as there is room. */
  readonly until: number;
}

/** Nothing larger than this share of the memory is kept: one record would throw out too many others. */
const SHARE = 8;

/** The first tier: records in this process, bounded by the bytes they take. What was used least lately makes room. */
export class LruStore {
  #records: LRUCache<string, Entry>;
  #room: Room;
  #evictions = 0;
  readonly #addresses = new KeyIndex();
  readonly #tags = new KeyIndex();

  constructor(room: Room, private readonly clock: Pick<Clock, 'now'>) {
    this.#room = room;
    this.#records = this.#open();
  }

  get fill(): Fill {
    return { entries: this.#records.size, bytes: this.#records.calculatedSize, maxBytes: this.#room.memory, evictions: this.#evictions };
  }

  get(key: string): CacheRecord | null {
    const entry = this.#records.get(key);
    if (entry === undefined) return null;
    if (entry.until > this.clock.now()) return entry.record;
    this.#records.delete(key);
    return null;
  }

  /** Without being used: the order of use stays. */
  peek(key: string): CacheRecord | null {
    return this.#records.peek(key)?.record ?? null;
  }

  set(key: string, record: CacheRecord, { keep, tags }: Keeping): void {
    const weight = weightOf(key, record, tags);
    // What it would have replaced is out of date.
    if (weight > this.#room.memory / SHARE || keep <= 0) this.#records.delete(key);
    else this.#put(key, { record: ownMemory(record), tags, weight, until: this.clock.now() + keep });
  }

  delete(key: string): void {
    this.#records.delete(key);
  }

  /** @returns how many records there were. */
  drop(invalidation: Invalidation): number {
    const before = this.#records.size;
    for (const key of this.#keysOf(invalidation)) this.#records.delete(key);
    return before - this.#records.size;
  }

  clear(): void {
    // Not by its own clear(): that would take every record out of the indices by itself.
    this.#records = this.#open();
    this.#addresses.clear();
    this.#tags.clear();
  }

  /** Gives it another size; what was used last is kept as far as it fits. */
  resize(room: Room): void {
    if (room.memory === this.#room.memory && room.maxEntries === this.#room.maxEntries) return;
    // What was used least lately comes first.
    const kept = this.#records.dump();
    this.#room = room;
    this.clear();
    for (const [key, { value }] of kept) if (value.weight <= room.memory / SHARE) this.#put(key, value);
  }

  #open(): LRUCache<string, Entry> {
    const { maxEntries, memory } = this.#room;
    return new LRUCache({
      maxSize: memory, sizeCalculation: ({ weight }) => weight, ...(maxEntries !== undefined && { max: maxEntries }),
      dispose: (entry, key, reason) => {
        if (reason === 'evict') this.#evictions++;
        this.#unlist(key, entry);
      },
    });
  }

  #put(key: string, entry: Entry): void {
    this.#records.set(key, entry);
    this.#addresses.add(addressIn(key), key);
    for (const tag of entry.tags) this.#tags.add(tag, key);
  }

  #unlist(key: string, { tags }: Entry): void {
    this.#addresses.remove(addressIn(key), key);
    for (const tag of tags) this.#tags.remove(tag, key);
  }

  #keysOf(invalidation: Invalidation): readonly string[] {
    if ('addresses' in invalidation) return invalidation.addresses.flatMap((address) => this.#addresses.of(address));
    if ('tags' in invalidation) {
      const { origin, tags } = invalidation;
      const keys = tags.flatMap((tag) => this.#tags.of(tag));
      return origin === undefined ? keys : keys.filter((key) => isOf(origin, key));
    }
    const begins = compilePrefix(invalidation.prefix);
    return [...this.#records.keys()].filter(begins);
  }
}

/** A small buffer is a piece of a larger one, which would stay with it. */
function ownMemory(record: CacheRecord): CacheRecord {
  if (record.kind !== 'response' || record.response.body.buffer.byteLength === record.response.body.length) return record;
  const { body } = record.response;
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return { kind: 'response', response: { ...record.response, body: own } };
}
