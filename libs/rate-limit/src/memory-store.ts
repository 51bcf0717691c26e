import type { Clock } from '#libs/kernel';
import { HOUR, type Algorithm, type Tally } from './algorithm.js';
import { algorithms, kindOf, QUOTA } from './algorithms.js';
import type { Limit, LimitStore, Take, Verdict } from './contracts.js';
import { CounterTable } from './counter-table.js';

export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Counters there may be at once, more than one call takes from. */
  readonly maxKeys?: number;
}

/** Counters looked at for whether their time is over, when one is added and with every eighth take. */
const SWEEP = 2;
const SWEEP_EVERY = 8;
/** Counters among which the one is found that was not used for longest, when one has to leave. */
const CANDIDATES = 16;
/** Counters that leave at most when one is added to too many. */
const LEAVE = 8;
/** Milliseconds for which a counter stays from which nothing was taken. */
const UNUSED = 1_000;

/** A counter during a call. */
class Held implements Tally {
  at = 0;
  level = 0;
  slots: number[] | null = null;
  readonly kind: number;

  constructor(readonly place: number, readonly limit: Limit, readonly algorithm: Algorithm, readonly now: number) {
    this.kind = kindOf(limit);
  }

  get slotted(): boolean {
    return this.limit.use === 'sliding-window';
  }

  get room(): number {
    return this.algorithm.room(this, this.limit);
  }
}

/** A take from a counter that is held. */
interface Drawn {
  readonly held: Held;
  readonly take: Take;
  allowed: boolean;
}

/**
 * Counts in this process, at once and exactly. What it costs does not grow with the number of counters, and their number
 * is bounded: when there are too many, the one of sixteen leaves that was not used for longest. No timer: those that mean
 * nothing any more are swept a few at a time by the takes of others.
 */
export class MemoryLimitStore implements LimitStore {
  readonly #clock: Clock;
  #maxKeys: number;
  readonly #table = new CounterTable();
  #evictions = 0;
  #calls = 0;
  /** The monotonic clock, read once per call: what is there when a call begins is there until its end. */
  #elapsed = 0;

  constructor({ clock, maxKeys = 100_000 }: MemoryStoreOptions) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  /** Counters there are. */
  get size(): number {
    return this.#table.size;
  }

  /** Counters that had to leave before their time: whoever they were for begins anew. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Changes how many counters there may be. Where there are more, they leave a few at a time, as others are added. */
  resize(maxKeys: number): void {
    this.#maxKeys = maxKeys;
  }

  take(takes: readonly Take[]): readonly Verdict[] {
    this.#elapsed = this.#clock.elapsed();
    this.#calls++;
    if (this.#calls % SWEEP_EVERY === 0) this.#sweep();
    if (takes.length === 1) return [this.#takeOne(takes[0] as Take)];
    return this.#takeAll(takes);
  }

  give(takes: readonly Take[], ago = 0): void {
    this.#elapsed = this.#clock.elapsed();
    for (const { cost, key, limit } of takes) {
      const place = this.#table.find(key);
      if (place === undefined || this.#table.kind(place) !== kindOf(limit) || this.#isOver(place)) continue;
      const held = this.#hold(place, limit);
      this.#table.read(place, held, held.slotted);
      held.algorithm.advance(held, limit, held.now);
      held.algorithm.give(held, limit, cost, held.now - Math.ceil(ago));
      this.#keep(held, 0);
      this.#write(held);
    }
  }

  #takeOne(take: Take): Verdict {
    const held = this.#find(take);
    const allowed = held.room >= take.cost;
    if (allowed) this.#commit(held, take.cost);
    return verdict(held, take.cost, allowed);
  }

  #takeAll(takes: readonly Take[]): Verdict[] {
    const drawn: Drawn[] = [];
    let granted = true;
    for (const take of takes) {
      const one = this.#draw(take, drawn);
      drawn.push(one);
      if (take.binding && !one.allowed) granted = false;
    }
    for (const { held, take } of drawn) if (granted && take.binding) this.#commit(held, take.cost);
    // Those that do not bind come last: they take nothing away from one that does.
    for (const one of drawn) {
      if (one.take.binding || one.held.room < one.take.cost) continue;
      one.allowed = true;
      this.#commit(one.held, one.take.cost);
    }
    return drawn.map(({ allowed, held, take }) => verdict(held, take.cost, allowed));
  }

  /** Judges a take that binds, after those before it; one counter is held once, also where several take from it. */
  #draw(take: Take, before: readonly Drawn[]): Drawn {
    let held: Held | null = null;
    let asked = take.cost;
    for (const other of before) {
      if (other.take.key !== take.key) continue;
      held = other.held;
      if (other.take.binding) asked += other.take.cost;
    }
    held ??= this.#find(take);
    return { held, take, allowed: take.binding && held.room >= asked };
  }

  /** The counter of a take, up to now. */
  #find({ key, limit }: Take): Held {
    const place = this.#table.find(key);
    if (place === undefined) return this.#begin(this.#hold(this.#open(key), limit));
    const held = this.#hold(place, limit);
    if (this.#table.kind(place) !== held.kind || this.#isOver(place)) return this.#begin(held);
    this.#table.use(place, this.#calls, held.kind);
    this.#table.read(place, held, held.slotted);
    held.algorithm.advance(held, limit, held.now);
    this.#write(held);
    return held;
  }

  #open(key: string): number {
    this.#sweep();
    for (let i = 0; i < LEAVE && this.#table.size >= this.#maxKeys; i++) this.#makeRoom();
    return this.#table.add(key);
  }

  #makeRoom(): void {
    let leaves: number | undefined;
    for (let seen = 0; leaves === undefined || seen < CANDIDATES; seen++) {
      const place = this.#table.next();
      if (place === undefined) continue;
      if (this.#isOver(place)) return this.#table.remove(place);
      if (leaves === undefined || this.#table.used(place) < this.#table.used(leaves)) leaves = place;
    }
    this.#evictions++;
    this.#table.remove(leaves);
  }

  /** Whole milliseconds: with these the algorithms count without rounding. */
  #hold(place: number, limit: Limit): Held {
    const algorithm = algorithms[limit.use];
    return new Held(place, limit, algorithm, Math.floor(algorithm.clock === 'elapsed' ? this.#elapsed : this.#clock.now()));
  }

  #begin(held: Held): Held {
    held.algorithm.begin(held, held.limit, held.now);
    this.#table.use(held.place, this.#calls, held.kind);
    // A bucket that begins empty fills up from here on, whether or not it gave anything.
    this.#keep(held, UNUSED);
    this.#write(held);
    return held;
  }

  #commit(held: Held, cost: number): void {
    if (cost === 0) return;
    held.algorithm.take(held, held.limit, cost, held.now);
    this.#keep(held, 0);
    this.#write(held);
  }

  #keep(held: Held, least: number): void {
    const lifetime = held.algorithm.lifetime(held, held.limit, held.now);
    this.#table.expire(held.place, this.#elapsed + Math.max(least, lifetime));
  }

  #write(held: Held): void {
    this.#table.write(held.place, held, held.slotted);
  }

  /** The wall clock may have been set since: what goes by it is asked again. */
  #isOver(place: number): boolean {
    if (this.#table.expires(place) > this.#elapsed) return false;
    return this.#table.kind(place) !== QUOTA || this.#table.at(place) + HOUR <= this.#clock.now();
  }

  #sweep(): void {
    for (let i = 0; i < SWEEP; i++) {
      const place = this.#table.next();
      if (place !== undefined && this.#isOver(place)) this.#table.remove(place);
    }
  }
}

function verdict(held: Held, cost: number, allowed: boolean): Verdict {
  const { algorithm, limit, now } = held;
  return {
    allowed,
    remaining: Math.max(0, Math.floor(held.room)),
    reset: algorithm.reset(held, limit, now),
    retryAfter: allowed ? 0 : Math.max(1, algorithm.wait(held, limit, cost, now)),
  };
}
