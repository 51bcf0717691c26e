import { setTimeout as sleep } from 'node:timers/promises';
import { echoService, type EchoService } from '#libs/testing';
import { SECRET, token } from '../support/jwt.js';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';

/** What Meetinity asks of kept answers (knob 20 of the platforms' list), each said in the file alone. */
const file = (cache: string, more = ''): string => `authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] } }
services: { users: { targets: "\${ECHO}" } }
routes:
  a: { match: { path: /api/users/** }, to: users, cache: ${cache}${more} }
  open: { match: { path: /open/** }, to: users, authenticate: none, cache: ${cache}${more} }
  off: { match: { path: /off/** }, to: users, authenticate: none }`;

/** Every answer is another one. What it says besides stands in the query: `status`, `control`, `cookie`. */
function counting(): Promise<EchoService> {
  let count = 0;
  return echoService((request, response) => {
    const query = new URL(request.url as string, 'http://s').searchParams;
    for (const [name, field] of [['control', 'cache-control'], ['cookie', 'set-cookie']] as const) {
      const value = query.get(name);
      if (value !== null) response.setHeader(field, value);
    }
    const [status, body] = [Number(query.get('status') ?? 200), String(++count)];
    request.resume().on('end', () => setTimeout(() => response.writeHead(status, { 'content-type': 'text/plain' }).end(body), Number(query.get('after') ?? 0)));
  });
}

/** As the platform has it: GET only, five seconds whatever the service says, an answer of its own for each Authorization. */
const MEETINITY = '{ methods: [GET], maxAge: 5s, respect: off, key: { principal: on, headers: [Authorization] } }';

describe('20: kept answers', () => {
  let service: EchoService;
  let ada: Record<string, string>;
  let bob: Record<string, string>;
  const bearer = async (sub: string, expires = '1h'): Promise<Record<string, string>> => ({ authorization: `Bearer ${await token({ sub }, expires)}` });
  beforeAll(async () => { [ada, bob] = await Promise.all([bearer('1'), bearer('2')]); });
  beforeEach(async () => { service = await counting(); });
  afterEach(() => service.close());

  const start = (cache: string, more = ''): Promise<TestGateway> => gateway(file(cache, more), { echo: service });
  const read = async (gw: TestGateway, path: string, headers: Record<string, string> = {}): Promise<string> => (await gw.fetch(path, { headers })).text;
  /** Whether the second of two is what the first got. */
  const same = async (gw: TestGateway, path: string, one: Record<string, string> = {}, other = one): Promise<boolean> => (await read(gw, path, one)) === (await read(gw, path, other));

  it('are the caller’s own: not another one’s, not those of another token', async () => {
    await using gw = await start(MEETINITY);
    const again = await bearer('1', '2h');
    expect([await same(gw, '/api/users', ada), await same(gw, '/api/users', ada, bob), await same(gw, '/api/users', ada, again)]).toEqual([true, false, false]);
    expect((await gw.fetch('/api/users')).status).toBe(401);
  });

  it('are of the caller, whichever token it shows', async () => {
    await using gw = await start('{ maxAge: 5s, key: { principal: on } }');
    const again = await bearer('1', '2h');
    expect([await same(gw, '/api/users', ada, again), await same(gw, '/api/users', ada, bob)]).toEqual([true, false]);
  });

  it('are nobody’s where callers are known and the route says nothing of them', async () => {
    await using gw = await start('{ maxAge: 5s }');
    expect([await same(gw, '/api/users', ada), await same(gw, '/open/x')]).toEqual([false, true]);
  });

  it.each<[string, string, string, boolean]>([
    ['what the service says is passed over', MEETINITY, '?control=no-store', true],
    ['what the service says counts', '{ maxAge: 5s }', '?control=no-store', false],
    ['its lifetime wins over that of the route', '{ maxAge: 5s }', '?control=max-age%3D0', false],
    ['no lifetime of the route, none of the service', 'on', '', false],
    ['a lifetime of the service', 'on', '?control=max-age%3D5', true],
    ['a cookie that is set', MEETINITY, '?cookie=a%3D1', false],
    // The original kept errors too.
    ['an error of the service', MEETINITY, '?status=500', false],
    ['what is not found', MEETINITY, '?status=404', false],
    ['what is not found, for a while', '{ maxAge: 5s, negative: { 404: 5s } }', '?status=404', true],
    ['statuses by list', '{ maxAge: 5s, statuses: [200, 202] }', '?status=202', true],
    ['no cache at all', 'off', '?control=max-age%3D5', false],
  ])('%s: %s %s', async (_what, cache, query, kept) => {
    await using gw = await start(cache);
    expect(await same(gw, `/open/x${query}`)).toBe(kept);
  });

  it('end with their lifetime', async () => {
    await using gw = await start('{ maxAge: 4s, respect: off }');
    const first = await read(gw, '/open/x?control=max-age%3D60');
    expect(await read(gw, '/open/x?control=max-age%3D60')).toBe(first);
    await sleep(4_100);
    expect(await read(gw, '/open/x?control=max-age%3D60')).not.toBe(first);
  });

  it.each<[string, string, boolean]>([['GET', 'GET', true], ['GET', 'HEAD', false], ['POST', 'POST', false], ['PUT', 'PUT', false], ['OPTIONS', 'OPTIONS', false]])('answer %s and then %s from the cache: %s', async (one, other, kept) => {
    await using gw = await start(MEETINITY);
    for (const method of [one, other]) await gw.fetch('/open/x', { method });
    expect(service.requests).toHaveLength(kept ? 1 : 2);
  });

  it('are the same whatever the order of the query is', async () => {
    await using gw = await start('{ maxAge: 5s, key: { query: [page, size] } }');
    const first = await read(gw, '/open/x?page=1&size=2');
    expect([await read(gw, '/open/x?size=2&page=1'), await read(gw, '/open/x?size=2&page=1&utm=z')]).toEqual([first, first]);
    expect(await read(gw, '/open/x?size=1&page=2')).not.toBe(first);
  });

  it('tell no requests with cookies apart where the route says so', async () => {
    await using gw = await start('{ maxAge: 5s, cookies: share }');
    await using other = await start('{ maxAge: 5s }');
    const cookies = { cookie: 'theme=dark' };
    expect([await same(gw, '/open/x', {}, cookies), await same(other, '/open/y', {}, cookies)]).toEqual([true, false]);
  });

  // The original went on giving what a write had made wrong.
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('are forgotten by a %s that succeeds, through whichever route, and by none that fails', async (method) => {
    await using gw = await start(MEETINITY);
    const first = await read(gw, '/api/users/7', ada);
    await gw.fetch('/api/users/7?status=409', { method, headers: bob });
    expect(await read(gw, '/api/users/7', ada)).toBe(first);
    await gw.fetch('/api/users/7', { method, headers: bob });
    expect(await read(gw, '/api/users/7', ada)).not.toBe(first);
  });

  it('make one call of identical requests at the same time, and none across callers', async () => {
    await using gw = await start(MEETINITY);
    const together = async (path: string, callers: readonly Record<string, string>[]): Promise<string[]> =>
      (await Promise.all(callers.map((headers): Promise<Reply> => gw.fetch(path, { headers })))).map(({ text }) => text);
    expect(new Set(await together('/api/users?after=200', Array.from({ length: 20 }, () => ada))).size).toBe(1);
    expect(service.requests).toHaveLength(1);
    const both = await together('/api/users/7?after=200', Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? ada : bob)));
    expect(both.filter((_, i) => i % 2 === 0)).not.toContain(both[1]);
    expect(service.requests).toHaveLength(3);
  });

  it('say nothing of themselves where the platform did not', async () => {
    await using gw = await start('{ maxAge: 5s, status: off }');
    await read(gw, '/open/x');
    expect((await gw.fetch('/open/x')).headers['cache-status']).toBeUndefined();
  });
});
