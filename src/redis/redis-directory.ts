import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock } from '#libs/kernel';
import { fingerprint, type GatewayConfig } from '../config/index.js';
import { connect, type OwnConnection } from './connect.js';
import type { RedisConnection } from './redis-connection.js';

/** Milliseconds that requests of the configuration before have for what they still want of their connection. */
const GRACE = 10_000;

/** The connection of a configuration that is not yet in force. */
export interface BuiltRedis {
  /** `null` where the file has no `redis`. */
  readonly connection: RedisConnection | null;
  /** Over once it is known whether Redis can be asked. Never rejects. */
  readonly settled: Promise<void>;
  /** Puts it in force; the one before ends a little later. */
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

interface Held {
  readonly settings: string;
  readonly connection: OwnConnection;
}

/** Keeps the connection across reloads that leave its settings as they are. */
@Injectable()
export class RedisDirectory implements OnApplicationShutdown {
  #held: Held | null = null;
  #told: string | null = null;
  readonly #ending = new Map<OwnConnection, NodeJS.Timeout>();

  /** The connection in force. */
  get current(): RedisConnection | null {
    return this.#held?.connection ?? null;
  }

  /** Begins to connect, unless it is connected so already. Nothing takes effect before `adopt`. */
  build(config: GatewayConfig['redis'], clock: Clock): BuiltRedis {
    const held = config === undefined ? null : this.#hold(config, clock);
    return {
      connection: held?.connection ?? null,
      settled: held?.connection.settled ?? Promise.resolve(),
      adopt: () => this.#adopt(held),
      discard: () => {
        if (held !== null && held !== this.#held) void held.connection.close();
      },
    };
  }

  #hold(config: NonNullable<GatewayConfig['redis']>, clock: Clock): Held {
    const settings = fingerprint(config);
    if (this.#held?.settings === settings) return this.#held;
    const held: Held = { settings, connection: connect(config, clock, (away) => { if (this.#held === held) this.#tell(away); }) };
    return held;
  }

  #adopt(held: Held | null): void {
    const former = this.#held;
    if (former === held) return;
    this.#held = held;
    if (former !== null) this.#retire(former.connection);
    void held?.connection.settled.then(() => { if (this.#held === held) this.#tell(held.connection.away); });
    if (held === null) this.#tell(null);
  }

  #tell(away: string | null): void {
    if ((this.#told === null) === (away === null)) return;
    this.#told = away;
    events.redisChanged.publish({ away });
  }

  #retire(connection: OwnConnection): void {
    const timer = setTimeout(() => {
      this.#ending.delete(connection);
      void connection.close();
    }, GRACE).unref();
    this.#ending.set(connection, timer);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#ending.values()) clearTimeout(timer);
    const connections = [...this.#ending.keys(), ...(this.#held === null ? [] : [this.#held.connection])];
    this.#ending.clear();
    this.#held = null;
    await Promise.all(connections.map((connection) => connection.close()));
  }
}
