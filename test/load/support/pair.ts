import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../support/redis.js';
import { FaultyTarget } from './faulty-target.js';
import { Clients, Outcome, type Load } from './load.js';
import { Platform } from './platform.js';

/** Milliseconds for what has to come about. */
const PATIENCE = 20_000;

/** Two instances of one gateway, the Redis they share, and the service behind them; each a process of its own. */
export class Pair implements AsyncDisposable {
  private constructor(readonly gateways: readonly [Platform, Platform], readonly redis: RedisServer, readonly target: FaultyTarget) {}

  /**
   * @param binary of Redis.
   * @param rest of the file, beside `redis` and the service `a`.
   * @param settings of `redis`, besides its address.
   */
  static async start(binary: string, rest: string, settings = ''): Promise<Pair> {
    const [redis, target] = await Promise.all([RedisServer.start(binary), FaultyTarget.start()]);
    const yaml = `redis: { url: "${redis.url}", ${settings} }\nservices: { a: { targets: "${target.url}" } }\n${rest}`;
    const pair = new Pair(await Promise.all([Platform.start(yaml), Platform.start(yaml)]), redis, target);
    await pair.connected();
    return pair;
  }

  /** Clients of both, half of them each. */
  clients(load: Omit<Load, 'url'>): readonly [Clients, Clients] {
    const [one, other] = this.gateways;
    const half = load.clients / 2;
    return [new Clients({ ...load, url: one.url, clients: half }), new Clients({ ...load, url: other.url, clients: half })];
  }

  /** @returns milliseconds until both say that they can ask Redis. */
  connected(): Promise<number> {
    return until(async () => (await Promise.all(this.gateways.map((gateway) => gateway.metric('gateway_redis_up')))).every((up) => up === 1));
  }

  /** Sum over both of a metric. */
  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    const [one, other] = await Promise.all(this.gateways.map((gateway) => gateway.metric(name, labels)));
    return (one ?? 0) + (other ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.gateways, this.redis, this.target].map((each) => each[Symbol.asyncDispose]()));
  }
}

/** What all of several clients met. */
export async function stopped(clients: readonly Clients[]): Promise<Outcome> {
  return Outcome.all(await Promise.all(clients.map((each) => each.stop())));
}

/** @returns milliseconds until it holds. @throws Error when it never does. */
export async function until(holds: () => Promise<boolean>): Promise<number> {
  const started = performance.now();
  while (!(await holds())) {
    if (performance.now() - started > PATIENCE) throw new Error(`This never came about: ${holds.toString()}`);
    await sleep(2);
  }
  return performance.now() - started;
}
