import { setTimeout as sleep } from 'node:timers/promises';
import { events } from '#libs/kernel';
import { until } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { findRedis, RedisCluster, RedisServer } from '../support/redis.js';

const LIMIT = 60_000;
const binary = await findRedis();
const suite = binary === null ? describe.skip : describe;

/** Patient with a busy machine: what is looked at here is that nothing is counted twice or never. */
const file = (redis: RedisServer | RedisCluster, limit: string): string =>
  `redis: { url: "${redis.url}", retry: 100ms, timeout: 10s }\nroutes: { r: { match: { path: /r }, to: echo, authenticate: none, limit: ${limit} } }`;

async function statuses(gw: TestGateway, count: number): Promise<number[]> {
  const replies = await Promise.all(Array.from({ length: count }, () => gw.fetch('/r')));
  return replies.map(({ status }) => status);
}

const passed = (all: readonly number[]): number => all.filter((status) => status === 200).length;

suite('L1, L3, L4: limits in Redis', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await RedisServer.start(binary as string);
  }, LIMIT);
  afterEach(() => redis[Symbol.asyncDispose]());

  it.each([
    ['a token bucket', '100/h', 100],
    ['a sliding window', '{ use: sliding-window, rate: 100/h }', 100],
    ['a fixed window', '{ use: fixed-window, rate: 100/h }', 100],
    ['a quota', '{ use: quota, rate: 100/month }', 100],
    ['several at once', '[{ rate: 300/h, by: ip }, { use: quota, rate: 150/month, by: route }, { use: fixed-window, rate: 100/h, by: ip }]', 100],
  ])('are exact over two instances with 200 clients at once: %s', async (_name, limit, count) => {
    await using one = await gateway(file(redis, limit));
    await using other = await gateway(file(redis, limit));
    const rounds = [];
    for (let i = 0; i < 3; i++) rounds.push(...(await Promise.all([statuses(one, 100), statuses(other, 100)])).flat());
    expect([passed(rounds), new Set(rounds)]).toEqual([count, new Set([200, 429])]);
  }, LIMIT);

  it('hold through a restart of the gateway', async () => {
    const yaml = file(redis, '{ use: quota, rate: 5/month }');
    {
      await using gw = await gateway(yaml);
      expect(passed(await statuses(gw, 3))).toBe(3);
    }
    await using gw = await gateway(yaml);
    expect(passed(await statuses(gw, 5))).toBe(2);
  }, LIMIT);

  it('keep no address, header or account of anybody in the open', async () => {
    await using gw = await gateway(file(redis, '[{ rate: 5/h, by: { header: x-api-key } }, { rate: 5/h, by: { body: email } }]'));
    await gw.fetch('/r', { method: 'POST', headers: { 'x-api-key': 'sk-secret-key', 'content-type': 'application/json' }, body: '{"email":"ada@example.org"}' });
    const keys = (await redis.call('KEYS', '*')) as string[];
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(key).toMatch(/^passerelle:limit:\{r\}(?:header x-api-key|body email)\|[\w-]{22}\|:t3600000$/);
  }, LIMIT);

  it.each([
    ['local', [200]],
    ['allow', [200]],
    ['deny', [200, 503]],
  ])('when Redis is killed and started again under load: %s', async (away, expected) => {
    await using gw = await gateway(file(redis, `{ rate: 100000/h, away: ${away}, name: l }`));
    const missed: string[] = [];
    const stop = events.limitStoreAway.subscribe((notice) => missed.push(`${notice.limit} ${notice.away}`));
    const seen = new Set<number>();
    let on = true;
    const load = Promise.all(Array.from({ length: 8 }, async () => {
      while (on) seen.add((await gw.fetch('/r')).status);
    }));
    await sleep(200);
    await redis.kill();
    await sleep(700);
    const whileAway = await gw.fetch('/r');
    await redis.restart();
    const back = async (): Promise<boolean> => ((await redis.call('KEYS', '*')) as string[]).length > 0;
    await until(back);
    on = false;
    await load;
    stop();
    expect([...seen].toSorted((a, b) => a - b)).toEqual(expected);
    expect(new Set(missed)).toEqual(new Set([`l ${away}`]));
    if (away === 'deny') {
      expect([whileAway.status, whileAway.headers['retry-after'], whileAway.json()['code']]).toEqual([503, '1', 'limiter-away']);
    } else expect(whileAway.status).toBe(200);
    expect((await gw.fetch('/r')).headers['ratelimit']).toMatch(/^"l";r=\d+;t=\d+$/);
  }, LIMIT);

  it('still limit, each instance by itself, while Redis is away', async () => {
    await using gw = await gateway(file(redis, '{ use: fixed-window, rate: 10/h }'));
    expect(passed(await statuses(gw, 4))).toBe(4);
    await redis.kill();
    expect(passed(await statuses(gw, 30))).toBe(10);
    await redis.restart();
    await until(async () => {
      await gw.fetch('/r');
      return ((await redis.call('KEYS', '*')) as string[]).length > 0;
    });
    expect(passed(await statuses(gw, 30))).toBeGreaterThan(0);
  }, LIMIT);
});

suite('limits in a Redis cluster', () => {
  it('are exact, whatever their keys are', async () => {
    await using cluster = await RedisCluster.start(binary as string);
    const limit = '[{ rate: 100/h, by: ip }, { use: fixed-window, rate: 60/h, by: { header: x-a } }, { rate: 80/h, share: all }]';
    await using one = await gateway(file(cluster, limit));
    await using other = await gateway(file(cluster, limit));
    const all = (await Promise.all([statuses(one, 100), statuses(other, 100)])).flat();
    expect(new Set(all)).toEqual(new Set([200, 429]));
    expect(passed(all)).toBeLessThanOrEqual(60);
    // What was taken in vain comes back soon.
    await until(async () => {
      all.push(...await statuses(one, 1));
      return passed(all) >= 60;
    });
    expect(passed([...all, ...await statuses(one, 100)])).toBe(60);
  }, LIMIT);
});
