import { createHash } from 'node:crypto';
import { systemClock } from '#libs/kernel';
import type { Script } from '#libs/rate-limit';
import { redisSchema } from '../../src/config/schema/redis.js';
import { connect, type OwnConnection } from '../../src/redis/connect.js';

/** A connection, what was told of it, and its end. It has time, for machines are busy, and tries again often, unless a test says otherwise. */
export class Connected implements AsyncDisposable {
  readonly told: (string | null)[] = [];
  readonly redis: OwnConnection;

  constructor(settings: object) {
    this.redis = connect(redisSchema.parse({ retry: '50ms', timeout: '5s', connectTimeout: '5s', ...settings }), systemClock, (away) => this.told.push(away));
  }

  static async to(settings: object): Promise<Connected> {
    const connected = new Connected(settings);
    await connected.redis.settled;
    return connected;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.redis.close();
  }
}

export function script(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** Adds to a counter; says what it is then. */
export const increment = script("return redis.call('INCRBY', KEYS[1], ARGV[1])");

/** All of a scan, each once, in order. */
export async function collected(pages: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const page of pages) keys.push(...page);
  return [...new Set(keys)].sort();
}

/** What some work came to, and how many milliseconds it took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly time: number }> {
  const started = performance.now();
  const result = await work();
  return { result, time: performance.now() - started };
}
