import type { Tally } from './algorithm.js';

/** Numbers of a counter. They lie together: with very many counters, what takes time is fetching them. */
const AT = 0;
const LEVEL = 1;
const EXPIRES = 2;
const USED = 3;
const KIND = 4;
const FIELDS = 5;
const FIRST_CAPACITY = 1_024;

/**
 * Many counters, each a place in one array of numbers and not an object: that is less memory, fewer places to fetch it
 * from, and nothing that a garbage collector has to walk through. There is no list in order of use either, which would
 * cost every take a visit to two others.
 */
export class CounterTable {
  readonly #places = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  /** Of those counters that have any. */
  readonly #slots: (number[] | null)[] = [];
  readonly #free: number[] = [];
  #numbers = new Float64Array(FIRST_CAPACITY * FIELDS);
  #next = 0;

  get size(): number {
    return this.#places.size;
  }

  find(key: string): number | undefined {
    return this.#places.get(key);
  }

  /** Adds a counter; there must be none of that key. `write` comes next. */
  add(key: string): number {
    const place = this.#free.pop() ?? this.#keys.length;
    if ((place + 1) * FIELDS > this.#numbers.length) this.#grow();
    this.#keys[place] = key;
    this.#slots[place] = null;
    this.#places.set(key, place);
    return place;
  }

  remove(place: number): void {
    this.#places.delete(this.#keys[place] as string);
    this.#keys[place] = undefined;
    this.#slots[place] = null;
    this.#free.push(place);
  }

  /** Another counter each time, round and round; `undefined` where a place is empty. */
  next(): number | undefined {
    const place = this.#next < this.#keys.length ? this.#next : 0;
    this.#next = place + 1;
    return this.#keys[place] === undefined ? undefined : place;
  }

  /** Milliseconds of the monotonic clock at which it means nothing any more. */
  expires(place: number): number {
    return this.#numbers[place * FIELDS + EXPIRES] as number;
  }

  /** Number of the call that used it last. */
  used(place: number): number {
    return this.#numbers[place * FIELDS + USED] as number;
  }

  /** What it counts, as a number; see `kindOf`. */
  kind(place: number): number {
    return this.#numbers[place * FIELDS + KIND] as number;
  }

  at(place: number): number {
    return this.#numbers[place * FIELDS + AT] as number;
  }

  /** @param slotted whether it may have slots. */
  read(place: number, tally: Tally, slotted: boolean): void {
    const numbers = this.#numbers;
    tally.at = numbers[place * FIELDS + AT] as number;
    tally.level = numbers[place * FIELDS + LEVEL] as number;
    if (slotted) tally.slots = this.#slots[place] as number[] | null;
  }

  write(place: number, tally: Tally, slotted: boolean): void {
    const numbers = this.#numbers;
    numbers[place * FIELDS + AT] = tally.at;
    numbers[place * FIELDS + LEVEL] = tally.level;
    if (slotted) this.#slots[place] = tally.slots;
  }

  /** @param call the number of the call that uses it. */
  use(place: number, call: number, kind: number): void {
    const numbers = this.#numbers;
    numbers[place * FIELDS + USED] = call;
    numbers[place * FIELDS + KIND] = kind;
  }

  expire(place: number, at: number): void {
    this.#numbers[place * FIELDS + EXPIRES] = at;
  }

  #grow(): void {
    const numbers = new Float64Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
