import type { Entry } from './entry.js';
import type { Batch, Source } from './segments.js';

/** Entries that no disk has taken. They are lost with the process. */
const MOST = 10_000;
const BATCH = 200;

/** Entries in memory, for a disk that is full: the database may still take them. */
export class Unwritten implements Source {
  #entries: Entry[] = [];

  /** @returns whether there was room. */
  add(entry: Entry): boolean {
    if (this.#entries.length >= MOST) return false;
    this.#entries.push(entry);
    return true;
  }

  next(): Promise<Batch | null> {
    const entries = this.#entries.slice(0, BATCH);
    return Promise.resolve(entries.length === 0 ? null : { entries, done: () => { this.#entries = this.#entries.slice(entries.length); } });
  }
}
