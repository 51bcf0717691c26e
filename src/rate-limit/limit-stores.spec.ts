import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events, type Exchange, type LimitStoreAway } from '#libs/kernel';
import type { Take } from '#libs/rate-limit';
import { FakeClock } from '#libs/testing';
import { Fleet, SoloFleet, type Replies } from '../cluster/index.js';
import type { GatewayConfig } from '../config/index.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { LimitStores } from './limit-stores.js';

class Crowd extends Fleet {
  readonly worker = 1;
  answer(): void {}
  ask<A>(): Promise<Replies<A>> {
    return Promise.resolve({ answers: [], failures: ['nobody'] });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'passerelle-stores-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clock = new FakeClock();
const quota = { limit: [{ use: 'quota', rate: '5/day' }] };
const configOf = (limits: Partial<GatewayConfig['limits']> = {}, route: object = { limit: 'off' }) =>
  ({ file: join(folder, 'gateway.yaml'), limits: { ipv6Prefix: 56, maxKeys: 100, data: './data', ...limits }, routes: { r: route }, endpoints: {}, authenticate: {} }) as unknown as GatewayConfig;
const take: Take = { key: 'a', limit: { use: 'fixed-window', count: 5, window: 60_000 }, cost: 1, binding: true };
const ofQuota: Take = { key: 'q', limit: { use: 'quota', count: 5, ends: clock.now() + 1_000_000 }, cost: 1, binding: true };

describe('LimitStores', () => {
  it('keeps counters in memory from one configuration to the next', () => {
    const stores = new LimitStores(new SoloFleet());
    const apply = (config = configOf()) => {
      const built = stores.build({ config, redis: null, clock });
      built.adopt();
      return built.ground.store;
    };
    expect(apply().take([take])).toMatchObject([{ remaining: 4 }]);
    expect(apply().take([take])).toMatchObject([{ remaining: 3 }]);
    expect(stores.facts).toEqual({ kind: 'memory', size: 1, evictions: 0 });
    for (let i = 0; i < 150; i++) void stores.store.take([{ ...take, key: String(i) }]);
    expect(stores.facts).toEqual({ kind: 'memory', size: 100, evictions: 51 });
    const more = apply(configOf({ maxKeys: 500 }));
    expect(more.take([{ ...take, key: '149' }])).toMatchObject([{ remaining: 3 }]);
    for (let i = 150; i < 200; i++) void more.take([{ ...take, key: String(i) }]);
    expect(stores.facts).toEqual({ kind: 'memory', size: 150, evictions: 51 });
  });

  it('makes a file only for quotas, and closes it when there are none any more', () => {
    const stores = new LimitStores(new SoloFleet());
    const apply = (config: GatewayConfig) => {
      const built = stores.build({ config, redis: null, clock });
      built.adopt();
      return built.ground.store;
    };
    apply(configOf());
    expect(existsSync(join(folder, 'data'))).toBe(false);
    const first = apply(configOf({}, quota));
    expect(first.take([ofQuota])).toMatchObject([{ remaining: 4 }]);
    expect(apply(configOf({}, quota)).take([ofQuota])).toMatchObject([{ remaining: 3 }]);
    apply(configOf());
    expect(() => first.take([ofQuota])).toThrow();
    stores.onApplicationShutdown();
    expect(() => stores.store).toThrow('no configuration');
  });

  it('frees what came to nothing, and nothing that is in force', () => {
    const stores = new LimitStores(new SoloFleet());
    const inForce = stores.build({ config: configOf({ data: './one' }, quota), redis: null, clock });
    inForce.adopt();
    const same = stores.build({ config: configOf({ data: './one' }, quota), redis: null, clock });
    same.discard();
    expect(inForce.ground.store.take([ofQuota])).toMatchObject([{ allowed: true }]);
    const other = stores.build({ config: configOf({ data: './two' }, quota), redis: null, clock });
    other.discard();
    expect(() => other.ground.store.take([ofQuota])).toThrow();
    stores.onApplicationShutdown();
  });

  it.each<[string, Fleet, RedisConnection | null]>([
    ['workers', new Crowd(), null],
    ['redis', new Crowd(), { run: () => Promise.reject(new Error('away')) } as unknown as RedisConnection],
  ])('counts where all can see it: %s', async (kind, fleet, redis) => {
    const stores = new LimitStores(fleet);
    const { adopt, ground } = stores.build({ config: configOf({}, quota), redis, clock });
    adopt();
    expect(stores.facts.kind).toBe(kind);
    if (redis) await expect(ground.store.take([take, ofQuota])).rejects.toThrow('away');
    else expect(await ground.store.take([take])).toMatchObject([{ allowed: true }]);
    stores.onApplicationShutdown();
  });

  it('tells once a second of each limit that it could not be counted', () => {
    const { ground } = new LimitStores(new SoloFleet()).build({ config: configOf(), redis: null, clock });
    const told: string[] = [];
    const stop = events.limitStoreAway.subscribe(({ limit }: LimitStoreAway) => told.push(limit));
    const miss = (limit: string): void => ground.missed({ exchange: {} as Exchange, limit, away: 'local' });
    for (const limit of ['a', 'a', 'b', 'a']) miss(limit);
    clock.advance(1_000);
    miss('a');
    stop();
    expect(told).toEqual(['a', 'b', 'a']);
  });
});
