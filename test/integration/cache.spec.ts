import { zstdDecompressSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { echoService, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { findRedis, RedisServer } from '../support/redis.js';

const MINUTE = 60_000;
const redis = await findRedis();

/** Says how often it was asked; some paths have a lifetime or a validator of their own. */
function counting(delay = 0): Promise<EchoService> {
  let count = 0;
  return echoService(({ url = '' }, response) => {
    const headers = { 'content-type': 'text/plain', ...(url.includes('public') && { 'cache-control': 'public, max-age=60' }), ...(url.includes('tagged') && { etag: '"1"' }) };
    const text = `${'x'.repeat(2_000)} ${++count}`;
    setTimeout(() => response.writeHead(200, headers).end(text), delay);
  });
}

const file = (settings: string): string => `${USERS}\nroutes: { r: { match: { path: /r/** }, to: echo, ${settings} } }`;
const outcome = ({ headers }: { headers: Readonly<Record<string, unknown>> }): string => (/;(hit|collapsed)/.exec(String(headers['cache-status']))?.[1] ?? 'asked');

describe('C1: a stored answer', () => {
  it('is counted by limits like any other, and refused with what is refused', async () => {
    await using service = await counting();
    await using gw = await gateway(file('authenticate: none, cache: { maxAge: 1h }, limit: { use: fixed-window, rate: 3/h }'), { echo: service });
    const replies = [];
    for (let i = 0; i < 4; i++) replies.push(await gw.fetch('/r/a'));
    expect(replies.map((reply) => [reply.status, outcome(reply), reply.headers['ratelimit']?.toString().split(';')[1]])).toEqual([
      [200, 'asked', 'r=2'], [200, 'hit', 'r=1'], [200, 'hit', 'r=0'], [429, 'asked', 'r=0'],
    ]);
    expect([service.requests.length, replies[3]?.headers['age']]).toEqual([1, undefined]);
  });

  it('goes to nobody whom the route does not let in', async () => {
    await using service = await counting();
    await using gw = await gateway(file('authorize: { roles: [teacher] }, cache: on'), { echo: service });
    const as = async (role: string) => ({ headers: { authorization: `Bearer ${await token({ sub: '1', role })}` } });
    const replies = [await gw.fetch('/r/public', await as('teacher')), await gw.fetch('/r/public', await as('teacher')), await gw.fetch('/r/public', await as('student')), await gw.fetch('/r/public')];
    expect(replies.map((reply) => [reply.status, outcome(reply)])).toEqual([[200, 'asked'], [200, 'hit'], [403, 'asked'], [401, 'asked']]);
    expect(replies.slice(2).map(({ text }) => text.includes('xxx'))).toEqual([false, false]);
  });

  it('T14: leaves as the client can read it, however it was stored', async () => {
    await using service = await counting();
    await using gw = await gateway(file('authenticate: none, cache: { maxAge: 1h }, compression: {}'), { echo: service });
    const ask = async (encoding: string) => {
      const { body, headers } = await request(`${gw.url}/r/a`, { headers: { 'accept-encoding': encoding } });
      return { headers, bytes: Buffer.from(await body.arrayBuffer()) };
    };
    const [plain, small, again] = [await ask('identity'), await ask('zstd'), await ask('identity')];
    expect([small, again].map(outcome)).toEqual(['hit', 'hit']);
    expect([small.headers['content-encoding'], again.headers['content-encoding'], small.headers['vary']]).toEqual(['zstd', undefined, 'Accept-Encoding']);
    expect(zstdDecompressSync(small.bytes)).toEqual(plain.bytes);
    expect(again.bytes).toEqual(plain.bytes);
    expect(service.requests).toHaveLength(1);
  });
});

describe('T10: a stale answer stands in', () => {
  it.each([
    ['fallback', '/r/a', 'cache: { maxAge: 100ms }, fallback: [stale]'],
    ['fallback, with an ETag', '/r/tagged', 'cache: { maxAge: 100ms }, fallback: [stale]'],
    ['staleIfError', '/r/a', 'cache: { maxAge: 100ms, staleIfError: 1h }'],
  ])('for a service that is down, and says so: by %s', async (_what, path, settings) => {
    const service = await counting();
    await using gw = await gateway(file(`authenticate: none, ${settings}`), { echo: service });
    const fresh = await gw.fetch(path);
    await service.close();
    await sleep(150);
    const stale = await gw.fetch(path);
    expect([stale.status, stale.text, stale.headers['x-degraded']]).toEqual([200, fresh.text, 'stale']);
    expect((await gw.fetch('/r/b')).status).toBe(502);
  });
});

describe('C2: identical requests at the same time', () => {
  const all = async (gateways: readonly TestGateway[], count: number, headers: (i: number) => Record<string, string> = () => ({})): Promise<ReadonlySet<string>> => {
    const replies = await Promise.all(Array.from({ length: count }, (_, i) => (gateways[i % gateways.length] as TestGateway).fetch('/r/a', { headers: { host: 'shop.example', ...headers(i) } })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    return new Set(replies.map(({ text }) => text));
  };

  it('a thousand are one', async () => {
    await using service = await counting(300);
    await using gw = await gateway(file('authenticate: none, cache: { maxAge: 1h }'), { echo: service });
    expect((await all([gw], 1_000)).size).toBe(1);
    expect(service.requests).toHaveLength(1);
  }, MINUTE);

  it('never across identities', async () => {
    await using service = await counting(50);
    await using gw = await gateway(file('cache: { maxAge: 1h }'), { echo: service });
    const tokens = await Promise.all(['a', 'b', 'c', 'd'].map((sub) => token({ sub })));
    expect((await all([gw], 8, (i) => ({ authorization: `Bearer ${tokens[i % 4]}` }))).size).toBe(8);
    expect(service.requests).toHaveLength(8);
  });

  (redis === null ? it.skip : it)('of two instances with Redis are one', async () => {
    await using server = await RedisServer.start(redis as string);
    await using service = await counting(500);
    const yaml = `redis: { url: "${server.url}", timeout: 5s }\n${file('authenticate: none, cache: { maxAge: 1h }')}\nendpoints: { admin: { at: /ops, authorize: { roles: [admin] } } }`;
    await using one = await gateway(yaml, { echo: service });
    await using two = await gateway(yaml, { echo: service });
    const admin = { headers: { authorization: `Bearer ${await token({ sub: '1', role: 'admin' })}` } };
    const ready = async (gw: TestGateway): Promise<boolean> => (await gw.fetch('/ops/cache', admin)).json()['redis'] === null;
    for (let i = 0; i < 1_000 && !((await ready(one)) && (await ready(two))); i++) await sleep(20);
    expect((await all([one, two], 200)).size).toBe(1);
    expect(service.requests).toHaveLength(1);
  }, MINUTE);
});
