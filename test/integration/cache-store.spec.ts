import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import type { CacheRecord } from '#libs/http-cache';
import { systemClock } from '#libs/kernel';
import { ResponseCaches, type PurgeBy } from '../../src/cache/index.js';
import type { TieredStore } from '../../src/cache/tiered-store.js';
import { SoloFleet } from '../../src/cluster/index.js';
import type { GatewayConfig } from '../../src/config/index.js';
import { cacheSchema, cacheTiersSchema } from '../../src/config/schema/cache.js';
import { redisSchema } from '../../src/config/schema/redis.js';
import { connect, type OwnConnection } from '../../src/redis/connect.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { findRedis, RedisServer } from '../support/redis.js';

const MINUTE = 60_000;
const binary = await findRedis();

function record(text: string | Buffer, at = Date.now()): CacheRecord {
  return {
    kind: 'response',
    response: { status: 200, headers: ['Content-Type', 'text/plain', 'X-Text', 'é'], body: Buffer.from(text), trailers: null, requestTime: at, responseTime: at, vary: {}, tags: [] },
  };
}

/** One gateway, as far as what it keeps is concerned. */
class Instance implements AsyncDisposable {
  readonly caches = new ResponseCaches(new SoloFleet());

  private constructor(readonly connection: OwnConnection | null, memory: string) {
    const routes = { r: { cache: cacheSchema.parse('on') } } as unknown as GatewayConfig['routes'];
    this.caches.build({ config: { cache: cacheTiersSchema.parse({ memory }), routes }, redis: connection, clock: systemClock }).adopt();
  }

  static async start(server: RedisServer | null, { memory = '64MiB', timeout = '3s' } = {}): Promise<Instance> {
    const connection = server && connect(redisSchema.parse({ url: server.url, timeout, retry: '50ms' }), systemClock, () => undefined);
    await connection?.settled;
    const instance = new Instance(connection, memory);
    if (server) await instance.#hears(server);
    return instance;
  }

  /** From then on nothing leaves its memory by itself: until it hears, it may have missed something. */
  async #hears(server: RedisServer): Promise<void> {
    await this.until('it asks Redis', () => this.caches.view.redis === null);
    const { memory } = this.store as TieredStore;
    memory.set('https://probe/ f', record('probe'), { keep: MINUTE, tags: [] });
    const said = JSON.stringify({ from: 'somebody else', forget: { addresses: ['https://probe/'] } });
    await this.until('it hears', async () => {
      await server.call('PUBLISH', 'passerelle:cache:forget', said);
      return memory.peek('https://probe/ f') === null;
    });
  }

  get store() {
    return this.caches.build({ config: { cache: cacheTiersSchema.parse({}), routes: {} }, redis: null, clock: systemClock }).caches.store;
  }

  set(key: string, text: string, { keep = MINUTE, tags = [] as readonly string[] } = {}): void {
    this.store.set(key, record(text), { keep, tags });
  }

  async get(key: string): Promise<string | null> {
    const found = await this.store.get(key);
    return found?.kind === 'response' ? found.response.body.toString() : null;
  }

  /** From memory only. */
  has(key: string): boolean {
    const found = this.store.get(key);
    return found !== null && !(found instanceof Promise);
  }

  purge(by: PurgeBy) {
    return this.caches.purge(by);
  }

  async until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    for (const started = performance.now(); !(await holds()); await sleep(10)) {
      if (performance.now() - started > 10_000) throw new Error(`It never happens: ${what}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.caches.onApplicationShutdown();
    await this.connection?.close();
  }
}

const KEY = 'https://a.org/x?y=1 f';

(binary === null ? describe.skip : describe)('with Redis', () => {
  let server: RedisServer;
  let one: Instance;
  let two: Instance;
  beforeEach(async () => {
    server = await RedisServer.start(binary as string, { durable: true });
    [one, two] = await Promise.all([Instance.start(server), Instance.start(server)]);
  }, MINUTE);
  afterEach(async () => {
    server.thaw();
    await server[Symbol.asyncDispose]();
    await Promise.all([one, two].map((instance) => instance[Symbol.asyncDispose]()));
  });
  const inRedis = async (): Promise<readonly string[]> => (await server.call('KEYS', 'passerelle:cache:record:*')) as string[];
  /** And it knows: a record whose answer is still on its way back is taken out by the one who wrote it, and counted by nobody. */
  const arrived = async (count = 1): Promise<void> => {
    await one.until(`${count} records in Redis`, async () => (await inRedis()).length === count);
    await one.store.get('https://a.org/none f');
  };

  /** Keeps it until it is there: on a machine that is very busy an instance loses its connection, and forgets what it kept just before. */
  const kept = (text: string, options?: { readonly tags: readonly string[] }): Promise<void> => one.until(`"${text}" in Redis`, async () => {
    one.set(KEY, text, options);
    await sleep(50);
    return (await inRedis()).length === 1;
  });

  it('what one keeps the other has, as it was and no longer than it says', async () => {
    one.set(KEY, 'hello', { keep: 30_000, tags: ['t'] });
    await arrived();
    const found = await two.store.get(KEY);
    expect(found).toEqual(await one.store.get(KEY));
    expect(two.has(KEY)).toBe(true);
    const keys = (await server.call('KEYS', '*')) as string[];
    for (const key of keys) expect(Number(await server.call('PTTL', key))).toBeGreaterThan(0);
    expect(Number(await server.call('PTTL', `passerelle:cache:record:${KEY}`))).toBeLessThanOrEqual(30_000);
    expect(keys).toHaveLength(3);
  });

  it.each<[string, PurgeBy, readonly string[]]>([
    ['a tag', { tags: ['odd'] }, ['https://a.org/1 f', 'https://a.org/3 f']],
    ['several tags', { tags: ['odd', 'n4'] }, ['https://a.org/1 f', 'https://a.org/3 f', '/4 f']],
    ['a key', { key: 'https://A.org:443/2?b' }, ['https://a.org/2?b f', 'https://a.org/2?b g']],
    ['a prefix', { prefix: 'https://a.org/2' }, ['https://a.org/2?b f', 'https://a.org/2?b g']],
    ['a path of every host', { prefix: '/4' }, ['/4 f']],
    ['a path with what a pattern would read otherwise', { prefix: 'https://a.org/*' }, []],
  ])('a purge reaches the other one: %s', async (_what, by, gone) => {
    const keys = ['https://a.org/1 f', 'https://a.org/2?b f', 'https://a.org/2?b g', 'https://a.org/3 f', '/4 f'];
    for (const key of keys) one.set(key, key, { tags: [/[13] /.test(key) ? 'odd' : 'even', `n${/\d/.exec(key)?.[0]}`] });
    await arrived(keys.length);
    for (const key of keys) expect(await two.get(key)).toBe(key);
    expect(await one.purge(by)).toEqual({ memory: gone.length, redis: gone.length, failures: [] });
    await two.until('it has heard', () => gone.every((key) => !two.has(key)));
    for (const instance of [one, two]) {
      for (const key of keys) expect([key, await instance.get(key)]).toEqual([key, gone.includes(key) ? null : key]);
    }
  });

  it('a purge finds what the other one is just writing', async () => {
    for (let i = 0; i < 30; i++) {
      one.set(`https://a.org/${i} f`, 'old', { tags: ['t'] });
      if (i % 3 > 0) await sleep(0);
      await two.purge(i % 2 ? { key: `https://a.org/${i}` } : { tags: ['t'] });
    }
    await one.until('nothing is left', async () => (await inRedis()).length === 0);
  });

  it('a tag that an answer makes untrue is one of its origin, and of what is kept for any host', async () => {
    const keys = ['https://a.org/1 f', 'https://b.org/1 f', '/1 f'];
    for (const key of keys) one.set(key, key, { tags: ['t'] });
    await arrived(keys.length);
    for (const key of keys) expect(await two.get(key)).toBe(key);
    expect(await one.store.purge({ tags: ['t'], origin: 'https://a.org' })).toBe(2);
    await two.until('it has heard', () => !two.has('/1 f'));
    for (const instance of [one, two]) expect(await Promise.all(keys.map((key) => instance.get(key)))).toEqual([null, 'https://b.org/1 f', null]);
  });

  it('a tag of thousands goes in parts', async () => {
    const batch = 2_500;
    for (let i = 0; i < batch; i++) {
      one.set(`https://a.org/${i} f`, 'x', { tags: ['all'] });
      if (i % 50 === 0) await one.store.get('https://a.org/none f');
    }
    await arrived(batch);
    expect(await one.purge({ tags: ['all'] })).toEqual({ memory: batch, redis: batch, failures: [] });
    expect(await inRedis()).toEqual([]);
  }, MINUTE);

  it('what is none of ours is a miss', async () => {
    const key = `passerelle:cache:record:${KEY}`;
    for (const text of ['', 'garbage', '7', 'null', '"text"', '[]', '{}', '{"value":null}', '{"value":{"version":2}}', `{"value":{"version":1,"until":null,"tags":[],"record":{"kind":"response","response":{}}}}`]) {
      await server.call('SET', key, text);
      expect([text, await one.get(KEY)]).toEqual([text, null]);
    }
    await server.call('DEL', key);
    await server.call('LPUSH', key, 'a');
    expect(await one.get(KEY)).toBeNull();
    for (const text of ['', '{}', '{"from":"x","forget":{}}', '{"from":"x","forget":{"tags":"t"}}']) await server.call('PUBLISH', 'passerelle:cache:forget', text);
    one.set(KEY, 'own');
    expect(await one.get(KEY)).toBe('own');
  });

  describe('a lease', () => {
    it('is given to one, and again when it is given back', async () => {
      const first = await one.store.lease(KEY);
      expect([first, await two.store.lease(KEY), await one.store.lease(KEY)]).toEqual([expect.any(Function), null, null]);
      first?.();
      await one.until('it is free', async () => (await two.store.lease(KEY)) !== null);
    });

    it('is given back after what was fetched with it is there', async () => {
      for (let i = 0; i < 20; i++) {
        const key = `https://a.org/fetched/${i} f`;
        const release = await one.store.lease(key);
        one.set(key, 'fetched');
        release?.();
        for (let next = null; next === null;) next = await two.store.lease(key);
        expect(await two.get(key)).toBe('fetched');
      }
    });

    it('ends, and is then not given back by whoever had it', async () => {
      const first = await one.store.lease(KEY);
      const name = `passerelle:cache:lease:${KEY}`;
      expect(Number(await server.call('PTTL', name))).toBeGreaterThan(15_000);
      await server.call('SET', name, 'somebody else');
      first?.();
      await sleep(50);
      expect(await server.call('GET', name)).toBe('somebody else');
    });

    it('is given where nobody can be asked', async () => {
      await one.store.lease(KEY);
      await server.kill();
      expect(await two.store.lease(KEY)).not.toBeNull();
    });

    it('lets whoever waits see what the other one brings', async () => {
      await kept('old');
      expect(await two.get(KEY)).toBe('old');
      const release = await one.store.lease(KEY);
      expect(await two.store.lease(KEY)).toBeNull();
      expect(await two.get(KEY)).toBe('old');
      await sleep(5);
      await kept('new');
      release?.();
      await two.until('it has the new one', async () => (await two.get(KEY)) === 'new');
    }, MINUTE);
  });

  it('frozen, it costs a moment once, and nothing is lost of what is in memory', async () => {
    await using quick = await Instance.start(server, { timeout: '500ms' });
    quick.set(KEY, 'kept');
    await arrived();
    server.freeze();
    expect(quick.has(KEY)).toBe(true);
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const started = performance.now();
      expect(await quick.get(`https://a.org/${i} f`)).toBeNull();
      times.push(performance.now() - started);
    }
    // A few wait for their deadline; then it is known to be away.
    expect(times.filter((time) => time > 250).length).toBeLessThanOrEqual(6);
    // But for the one or two when the machine stood still.
    expect(times.toSorted((a, b) => b - a)[2]).toBeLessThan(1_000);
    server.thaw();
    await quick.until('it is asked again', () => quick.caches.view.redis === null);
    quick.set('https://a.org/again f', 'again');
    await two.until('the other one has it', async () => (await two.get('https://a.org/again f')) === 'again');
  });

  describe('what is purged while it is away', () => {
    it.each<[string, () => Promise<void> | void, () => Promise<void> | void]>([
      ['frozen', () => server.freeze(), () => server.thaw()],
      ['killed', () => server.kill(), () => server.restart()],
    ])('%s: is gone when it is back', async (_what, leave, comeBack) => {
      await kept('old', { tags: ['t'] });
      expect(await two.get(KEY)).toBe('old');
      await leave();
      expect(await one.purge({ tags: ['t'] })).toEqual({ memory: 1, redis: null, failures: [] });
      expect(await one.get(KEY)).toBeNull();
      await comeBack();
      await two.until('the other one has forgotten it', () => !two.has(KEY));
      await one.until('it is asked again', () => one.caches.view.redis === null);
      await two.until('it is asked again', () => two.caches.view.redis === null);
      expect([await one.get(KEY), await two.get(KEY), await inRedis()]).toEqual([null, null, []]);
      one.set(KEY, 'new');
      await two.until('the other one has the new one', async () => (await two.get(KEY)) === 'new');
    }, MINUTE);
  });

  it('who did not hear of a purge forgets what is in memory', async () => {
    one.set(KEY, 'old', { tags: ['t'] });
    await arrived();
    expect(await two.get(KEY)).toBe('old');
    // As if the message had been sent while nobody listened.
    await server.call('DEL', `passerelle:cache:record:${KEY}`);
    expect(two.has(KEY)).toBe(true);
    await server.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await two.until('it has forgotten it', () => !two.has(KEY));
    expect(await two.get(KEY)).toBeNull();
  });

  it('ends without leaving a timer or a socket behind', async () => {
    await server.kill();
    await one.purge({ prefix: '/' });
    await one[Symbol.asyncDispose]();
    expect(await one.get(KEY)).toBeNull();
  });
});

(binary === null ? describe.skip : describe)('the CACHE_MANAGER of plugins', () => {
  const manager = ({ gateway: { app } }: TestGateway): Cache => app.get<Cache>(CACHE_MANAGER);

  it('keeps things for all instances in Redis, and here while that is away', async () => {
    await using server = await RedisServer.start(binary as string);
    const yaml = `redis: { url: "${server.url}", timeout: 5s, retry: 50ms }\nroutes: { r: { match: { path: /r }, to: echo, authenticate: none, cache: on } }`;
    await using one = await gateway(yaml);
    await using two = await gateway(yaml);
    const shared = async (): Promise<boolean> => {
      await manager(one).set('a', { b: [1, 'é'] }, 60_000);
      return (await manager(two).get('a')) !== undefined;
    };
    for (const started = performance.now(); !(await shared()); await sleep(10)) expect(performance.now() - started).toBeLessThan(10_000);
    expect(await manager(two).get('a')).toEqual({ b: [1, 'é'] });
    await manager(two).del('a');
    expect(await manager(one).get('a')).toBeUndefined();
    await server.kill();
    for (const started = performance.now(); one.gateway.app.get(ResponseCaches).view.redis === null; await sleep(10)) expect(performance.now() - started).toBeLessThan(10_000);
    await manager(one).set('a', 1);
    expect([await manager(one).get('a'), await manager(two).get('a')]).toEqual([1, undefined]);
  }, MINUTE);
});

describe('a flood of keys', () => {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const used = async (): Promise<number> => {
    for (let i = 0; i < 3; i++) {
      collect();
      await sleep(20);
    }
    const { external, heapUsed } = process.memoryUsage();
    return heapUsed + external;
  };

  it('stays within the bytes it may take, as counted and as measured', async () => {
    const memory = 32 * 1_048_576;
    await using alone = await Instance.start(null, { memory: '32MiB' });
    const before = await used();
    for (let i = 0; i < 200_000; i++) {
      alone.set(`https://a.org/flood/${i}?${'q'.repeat(i % 300)} f`, 'x'.repeat(i % 2_000), { keep: Number.POSITIVE_INFINITY, tags: [`t${i % 1_000}`, `own-${i}`] });
      if (i % 20_000 === 0) {
        expect(alone.caches.fill.bytes).toBeLessThanOrEqual(memory);
        await sleep(0);
      }
    }
    const { bytes, entries, evictions } = alone.caches.fill;
    expect(bytes).toBeLessThanOrEqual(memory);
    expect(bytes).toBeGreaterThan(memory * 0.95);
    expect(entries + evictions).toBe(200_000);
    await alone.until('no more is in use', async () => (await used()) - before < memory * 1.15);
    expect((await alone.purge({ prefix: '/flood/' })).memory).toBe(entries);
    await alone.until('it is given back', async () => (await used()) - before < memory * 0.2);
  }, MINUTE);
});
