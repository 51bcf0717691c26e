import { PRIORITIES } from './priority.js';

/** A request that waits for a slot. */
export interface Waiter {
  /** Place of its priority among `PRIORITIES`. */
  readonly priority: number;
  /** It has a slot now, and is no longer in the line. */
  admitted(): void;
  /** One that matters more took its place. */
  displaced(): void;
}

/** A bounded line: higher priority first, then first come, first served. */
export class WaitingLine {
  readonly #lines: readonly Waiter[][] = PRIORITIES.map(() => []);
  #length = 0;

  constructor(private readonly capacity: number) {}

  get length(): number {
    return this.#length;
  }

  /** @returns `false` when there is no place left, nor anybody of lower priority to give way. */
  add(waiter: Waiter): boolean {
    if (this.#length >= this.capacity && !this.#makeRoom(waiter.priority)) return false;
    this.#lines[waiter.priority]?.push(waiter);
    this.#length++;
    return true;
  }

  /** Whose turn it is. */
  first(): Waiter | undefined {
    return this.#lines.find((line) => line.length > 0)?.[0];
  }

  remove(waiter: Waiter): void {
    const line = this.#lines[waiter.priority] as Waiter[];
    const place = line.indexOf(waiter);
    if (place < 0) return;
    line.splice(place, 1);
    this.#length--;
  }

  /** The latest of the lowest priority gives way. */
  #makeRoom(priority: number): boolean {
    for (let lowest = PRIORITIES.length - 1; lowest > priority; lowest--) {
      const last = this.#lines[lowest]?.pop();
      if (last === undefined) continue;
      this.#length--;
      last.displaced();
      return true;
    }
    return false;
  }
}
