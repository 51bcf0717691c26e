import type { OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock } from '#libs/kernel';
import type { LogConfig } from './log-config.js';

export type Level = LogConfig['level'];

/** What is in force, and until when. */
export interface LevelView {
  readonly level: Level;
  /** What the file says. */
  readonly configured: Level;
  /** Milliseconds since the epoch when the file holds again; `null` where it does. */
  readonly until: number | null;
}

/** The level of this process: what the file says, or, for a while, somebody by hand. */
export class LogLevel implements OnApplicationShutdown {
  #byHand: { readonly level: Level; readonly until: number } | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #listeners: ((level: Level) => void)[] = [];
  readonly #unsubscribe: () => void;

  /** @param configured what the file in force says. */
  constructor(private readonly configured: () => Level, private readonly clock: Clock) {
    this.#unsubscribe = events.configurationApplied.subscribe(() => this.#tell());
  }

  get view(): LevelView {
    return { level: this.#byHand?.level ?? this.configured(), configured: this.configured(), until: this.#byHand?.until ?? null };
  }

  /** Calls `listener` now and whenever the level may be another one, which it is before anybody else hears of a reload. */
  follow(listener: (level: Level) => void): void {
    this.#listeners.push(listener);
    listener(this.view.level);
  }

  /** @param until milliseconds since the epoch, a day from now at most; then the file holds again. */
  set(level: Level, until: number): void {
    this.#byHand = { level, until };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reset(), until - this.clock.now()).unref();
    this.#tell();
  }

  /** The file holds again. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#byHand = null;
    this.#tell();
  }

  #tell(): void {
    const { level } = this.view;
    for (const listener of this.#listeners) listener(level);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }
}
