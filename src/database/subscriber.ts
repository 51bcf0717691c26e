import type { Change } from './changes.js';

/** Somebody who hears the changes of one kind, and loads its state before and whenever some may be missed. */
export class Subscriber {
  #state: 'behind' | 'loading' | 'following' = 'behind';
  #waiting: Change[] = [];
  /** How often it began to load: what an earlier load comes to is of no interest. */
  #loads = 0;

  constructor(
    readonly kind: string,
    private readonly listener: (change: Change) => void,
    private readonly load: () => Promise<void>,
  ) {}

  /** What is heard from now on follows on what is loaded now; nothing happens where that was done. */
  catchUp(): void {
    if (this.#state !== 'behind') return;
    this.#state = 'loading';
    const load = ++this.#loads;
    const ended = (good: boolean): void => {
      if (load !== this.#loads || this.#state !== 'loading') return;
      if (good) this.#follow();
      else this.fallBehind();
    };
    this.load().then(() => ended(true), () => ended(false));
  }

  /** Some changes may be missing. */
  fallBehind(): void {
    this.#state = 'behind';
    this.#waiting = [];
  }

  hear(change: Change): void {
    if (this.#state === 'loading') this.#waiting.push(change);
    if (this.#state === 'following') this.#tell(change);
  }

  #follow(): void {
    this.#state = 'following';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const change of waiting) this.hear(change);
  }

  #tell(change: Change): void {
    try {
      this.listener(change);
    } catch {
      // What it holds may be half of something.
      this.fallBehind();
    }
  }
}
