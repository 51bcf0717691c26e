import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from '#libs/kernel';
import type { ChangeFeed } from './change-feed.js';
import type { Changes } from './changes.js';
import type { Database } from './database.js';

/** What the workers of a gateway tell each other; over, when all have looked. */
const topic = { name: 'database.changes', question: z.null(), answer: z.null(), limit: 1_000 } as const;

const CHANNEL = 'database.changes';

/** The workers of this gateway; a `Fleet` is that. */
export interface Neighbours {
  readonly worker: number | null;
  answer(about: typeof topic, handler: () => Promise<null>): void;
  ask(about: typeof topic, question: null): Promise<unknown>;
}

/** What reaches other gateways; a `RedisConnection` is that. */
export interface Bus {
  readonly commands: { publish(channel: string, message: string): Promise<void> };
  subscribe(channel: string, listener: () => void, gap: () => void): () => void;
}

/** The feed of a configuration that is not yet in force. */
export interface BuiltChanges {
  /** `null` where there is no database. */
  readonly changes: Changes | null;
  /** Puts it in force; the one before ends. */
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

interface Held {
  readonly database: Database;
  readonly feed: ChangeFeed;
}

/** Keeps the feed of changes as long as its database is the same. */
@Injectable()
export class ChangeFeeds implements OnApplicationShutdown {
  #held: Held | null = null;
  #bus: Bus | null = null;
  #deaf: () => void = () => undefined;

  constructor(private readonly neighbours: Neighbours) {
    neighbours.answer(topic, async () => {
      await this.#held?.feed.look();
      return null;
    });
  }

  /** @param sync milliseconds between two looks; `database.sync`. */
  async prepare(database: Database | null, bus: Bus | null, { clock, sync }: { readonly clock: Clock; readonly sync: number }): Promise<BuiltChanges> {
    const held = database === null ? null : await this.#hold(database, clock, sync);
    return {
      changes: held?.feed ?? null,
      adopt: () => {
        if (this.#held !== held) this.#held?.feed.close();
        this.#held = held;
        this.#listen(held === null ? null : bus);
      },
      discard: () => {
        if (held !== this.#held) held?.feed.close();
      },
    };
  }

  async #hold(database: Database, clock: Clock, sync: number): Promise<Held> {
    if (this.#held?.database === database) return this.#held;
    const { ChangeFeed } = await import('./change-feed.js');
    return { database, feed: new ChangeFeed({ database, clock, sync, tellOthers: () => this.#tellOthers() }) };
  }

  #listen(bus: Bus | null): void {
    if (this.#bus === bus) return;
    this.#deaf();
    this.#bus = bus;
    const look = (): void => void this.#held?.feed.look();
    this.#deaf = bus?.subscribe(CHANNEL, look, look) ?? (() => undefined);
  }

  /** Redis is not waited for: whoever does not hear of it looks by himself. */
  async #tellOthers(): Promise<void> {
    this.#bus?.commands.publish(CHANNEL, '').catch(() => undefined);
    if (this.neighbours.worker !== null) await this.neighbours.ask(topic, null);
  }

  onApplicationShutdown(): void {
    this.#deaf();
    this.#held?.feed.close();
    this.#held = null;
  }
}
