import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { MemoryLimitStore, RedisLimitStore, type Limit, type Script, type ScriptRunner, type Take } from '#libs/rate-limit';
import { FakeClock, limitStoreContract, seededRandom } from '#libs/testing';
import { findRedis, RedisServer } from '../support/redis.js';

const binary = await findRedis();
const described = binary === null ? describe.skip : describe;

/** Runs scripts over a client of its own, as one instance of a gateway would. */
class Runner implements ScriptRunner, AsyncDisposable {
  readonly #client: ReturnType<typeof createClient>;
  calls = 0;

  private constructor(url: string, private readonly rewrite: (source: string) => string) {
    this.#client = createClient({ url });
  }

  static async connect(url: string, rewrite: (source: string) => string = (source) => source): Promise<Runner> {
    const runner = new Runner(url, rewrite);
    await runner.#client.connect();
    return runner;
  }

  async run({ sha, source }: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    this.calls++;
    const options = { keys: [...keys], arguments: [...args] };
    const rewritten = this.rewrite(source);
    if (rewritten !== source) return this.#client.eval(rewritten, options);
    return this.#client.evalSha(sha, options).catch((error: Error) => {
      if (!error.message.startsWith('NOSCRIPT')) throw error;
      return this.#client.eval(source, options);
    });
  }

  /** Any command, as text. */
  async command(...words: string[]): Promise<unknown> {
    return this.#client.sendCommand(words);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}

const takeOf = (key: string, limit: Limit, cost = 1): Take => ({ key, limit, cost, binding: true });
const hourly: Limit = { use: 'sliding-window', count: 100, window: 3_600_000 };

described('limits in Redis', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.start(binary as string);
  }, 300_000);
  afterAll(() => redis?.[Symbol.asyncDispose]());
  beforeEach(() => redis.call('FLUSHALL'));

  limitStoreContract('Redis', async () => {
    const runner = await Runner.connect(redis.url);
    return { store: new RedisLimitStore(runner), now: () => performance.now(), pass: (ms) => sleep(ms + 2), close: () => runner[Symbol.asyncDispose]() };
  });

  it.each<Limit>([
    hourly,
    { use: 'fixed-window', count: 100, window: 3_600_000 },
    { use: 'token-bucket', count: 1, window: 3_600_000, capacity: 100, initial: 100 },
    { use: 'quota', count: 100, ends: Date.UTC(2126, 0, 1) },
  ])('gives 100 to 2 instances with 200 callers each: $use', async (limit) => {
    await using one = await Runner.connect(redis.url);
    await using other = await Runner.connect(redis.url);
    const stores = [new RedisLimitStore(one), new RedisLimitStore(other)];
    const verdicts = await Promise.all(Array.from({ length: 400 }, (_, i) => (stores[i % 2] as RedisLimitStore).take([takeOf('a', limit)])));
    expect(verdicts.filter(([verdict]) => verdict?.allowed)).toHaveLength(100);
  });

  it('asks once for all takes of a tag, and once per tag otherwise', async () => {
    await using runner = await Runner.connect(redis.url);
    const store = new RedisLimitStore(runner);
    await store.take([takeOf('a', hourly)]);
    runner.calls = 0;
    await store.take([takeOf('{x}a', hourly), takeOf('{x}b', hourly), takeOf('r{x}c', hourly)]);
    expect(runner.calls).toBe(1);
    await store.take([takeOf('{x}a', hourly), takeOf('{y}b', hourly), takeOf('c', hourly), takeOf('{}d', hourly)]);
    expect(runner.calls).toBe(5);
  });

  it.each<[string, Limit, number, number]>([
    ['token-bucket', { use: 'token-bucket', count: 10, window: 60_000, capacity: 10, initial: 10 }, 5_000, 6_000],
    ['token-bucket that begins with less', { use: 'token-bucket', count: 10, window: 60_000, capacity: 10, initial: 9 }, 3_610_000, 3_612_000],
    ['sliding-window', { use: 'sliding-window', count: 10, window: 60_000 }, 59_000, 61_000],
    ['fixed-window', { use: 'fixed-window', count: 10, window: 60_000 }, 59_000, 60_000],
  ])('leaves no %s behind that means nothing any more', async (_name, limit, least, most) => {
    await using runner = await Runner.connect(redis.url);
    const store = new RedisLimitStore(runner);
    const began = performance.now();
    await store.take([takeOf('a', limit)]);
    const left = Number(await runner.command('PTTL', 'limit:a'));
    expect(left + performance.now() - began).toBeGreaterThan(least);
    expect(left).toBeLessThanOrEqual(most);
    store.give([takeOf('a', limit)]);
    await store.take([takeOf('looked at', limit, 0), takeOf('too much', limit, 11)]);
    const expected = limit.use === 'token-bucket' && limit.initial < 10 ? 3 : 0;
    for (let i = 0; i < 200 && (await runner.command('DBSIZE')) !== expected; i++) await sleep(5);
    expect(await runner.command('DBSIZE')).toBe(expected);
  });

  it('keeps a quota for an hour after its end', async () => {
    await using runner = await Runner.connect(redis.url);
    const store = new RedisLimitStore(runner);
    const quota = takeOf('a', { use: 'quota', count: 1, ends: Date.now() - 1_000 });
    expect(await store.take([quota])).toMatchObject([{ allowed: true }]);
    expect(await store.take([quota])).toMatchObject([{ allowed: false, retryAfter: 1 }]);
    expect(Number(await runner.command('PTTL', 'limit:a'))).toBeGreaterThan(3_590_000);
  });

  it('keeps at most 61 slots of a window', async () => {
    const clock = new FakeClock();
    const { inRedis, runner } = await twins(clock);
    await using _ = runner;
    const limit: Limit = { use: 'sliding-window', count: 1_000_000, window: 60_000 };
    for (let i = 0; i < 700; i++) {
      clock.advance(200);
      await inRedis.take([takeOf('a', limit)]);
    }
    const bytes = await runner.command('STRLEN', 'limit:a');
    expect(bytes).toBeLessThanOrEqual(60 + 16 * 61);
    expect(bytes).toBeGreaterThan(16 * 20);
  });

  it('rejects when Redis does, and when it answers with something else', async () => {
    await using runner = await Runner.connect(redis.url);
    await runner.command('LPUSH', 'limit:a', 'something else');
    await expect(new RedisLimitStore(runner).take([takeOf('a', hourly)])).rejects.toThrow('WRONGTYPE');
  });

  /** Memory and Redis on one clock. */
  async function twins(clock: FakeClock): Promise<{ readonly memory: MemoryLimitStore; readonly inRedis: RedisLimitStore; readonly runner: Runner }> {
    const runner = await Runner.connect(redis.url, (source) => source.replace("redis.call('TIME')", `{ ${Math.floor(clock.now() / 1_000)}, ${(clock.now() % 1_000) * 1_000} }`));
    return { memory: new MemoryLimitStore({ clock }), inRedis: new RedisLimitStore(runner), runner };
  }

  // The steps in Lua and those in TypeScript may not differ in anything.
  it.each([1, 2, 3])('does what memory does, step by step (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const clock = new FakeClock();
    const { memory, inRedis, runner } = await twins(clock);
    await using _ = runner;
    const whole = (most: number): number => Math.floor(random() * most);
    const limits = [
      ...[100_000, 777_777].flatMap((window): Limit[] => [
        { use: 'sliding-window', count: 20, window },
        { use: 'fixed-window', count: 15, window },
        { use: 'token-bucket', count: 13, window, capacity: 20, initial: 20 },
        { use: 'token-bucket', count: 13, window, capacity: 20, initial: 5 },
      ]),
      { use: 'quota', count: 60, ends: clock.now() + 9_000_000 } as const,
    ];
    for (let step = 0; step < 500; step++) {
      clock.advance(Math.floor(random() ** 6 * 150_000));
      const takes = Array.from({ length: 1 + whole(3) }, (): Take => {
        const i = whole(limits.length);
        return { key: `{t}${i}`, limit: limits[i] as Limit, cost: [1, 1, 2, 5, 0.5, 0][whole(6)] as number, binding: random() < 0.8 };
      });
      const expected = memory.take(takes);
      expect({ step, verdicts: await inRedis.take(takes) }).toEqual({ step, verdicts: expected });
      const ago = whole(3) * 7_000;
      if (random() < 0.2) for (const store of [memory, inRedis]) store.give(takes, ago);
    }
  }, 60_000);

  it.each<Limit>([
    { use: 'sliding-window', count: 2, window: 60_000 },
    { use: 'fixed-window', count: 2, window: 60_000 },
    { use: 'token-bucket', count: 2, window: 60_000, capacity: 2, initial: 2 },
    { use: 'token-bucket', count: 2, window: 60_000, capacity: 2, initial: 1 },
  ])('gives nothing twice when the clock is set back, and keeps nobody waiting: $use', async (limit) => {
    const clock = new FakeClock();
    const { memory, inRedis, runner } = await twins(clock);
    await using _ = runner;
    const both = async (): Promise<readonly (boolean | undefined)[]> => [memory, inRedis].map((store) => store.take([takeOf('a', limit)])).reduce<Promise<(boolean | undefined)[]>>(
      async (before, now) => [...(await before), (await now)[0]?.allowed], Promise.resolve([]));
    while ((await both())[0]);
    for (const step of [-25_000, 25_000, -59_000, 59_000, -36_000_000]) {
      clock.advance(step);
      expect(await both()).toEqual([false, false]);
    }
    clock.advance(61_000);
    expect(await both()).toEqual([true, true]);
  });

  it('gives back to the slot and the window from which it was taken', async () => {
    const clock = new FakeClock();
    const { inRedis, runner } = await twins(clock);
    await using _ = runner;
    const [full, fixed] = [takeOf('{full}', { use: 'quota', count: 0, ends: clock.now() + 1_000 }), takeOf('{fixed}', { use: 'fixed-window', count: 10, window: 60_000 })];
    const sliding = takeOf('{sliding}', { use: 'sliding-window', count: 10, window: 60_000 });
    for (let i = 0; i < 5; i++) {
      expect(await inRedis.take([fixed, full, sliding])).toMatchObject([{ allowed: true, remaining: 10 }, { allowed: false }, { allowed: true, remaining: 10 }]);
      clock.advance(20_000);
    }
    expect(await inRedis.take([{ ...fixed, cost: 10 }])).toMatchObject([{ allowed: true, remaining: 0 }]);
    expect(await inRedis.take([{ ...sliding, cost: 10 }])).toMatchObject([{ allowed: true, remaining: 0 }]);
  });
});
