import type { ScriptRunner } from '#libs/rate-limit';

/** The commands that rooms use; text in, text out. Keys and channels come without the prefix, which the connection adds. */
export interface RedisCommands {
  get(key: string): Promise<string | null>;
  /** @param lifetime milliseconds. */
  set(key: string, value: string, lifetime: number): Promise<void>;
  /** Sets it unless it is there. @returns whether it was set. */
  claim(key: string, value: string, lifetime: number): Promise<boolean>;
  /** @returns how many there were. */
  remove(keys: readonly string[]): Promise<number>;
  /** Adds members to a set and has it live at least that many milliseconds from now. */
  addTo(key: string, members: readonly string[], lifetime: number): Promise<void>;
  members(key: string): Promise<readonly string[]>;
  publish(channel: string, message: string): Promise<void>;
}

/**
 * The one connection of a gateway to Redis (or to a cluster, or to what sentinels name). Every call is over within
 * `redis.timeout`, and at once while Redis is known to be away; it rejects then, and nothing queues up. It comes back by
 * itself.
 */
export interface RedisConnection extends ScriptRunner {
  readonly commands: RedisCommands;
  /** Why it cannot be asked; `null` when it can. */
  readonly away: string | null;
  /** Keys that begin so, without the prefix, in parts as the scan finds them; over all masters of a cluster. */
  scan(prefix: string): AsyncIterable<readonly string[]>;
  /**
   * Hears what is published there, also after the connection was lost and found.
   * @param gap called each time it begins to hear: what was published before may have been missed.
   * @returns a function that ends it.
   */
  subscribe(channel: string, listener: (message: string) => void, gap?: () => void): () => void;
  /** A client of node-redis whose commands run under the same deadline and breaker, for libraries that take one. */
  readonly client: unknown;
}
