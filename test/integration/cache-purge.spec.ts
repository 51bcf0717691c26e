import { echoService, type EchoService } from '#libs/testing';
import { ran } from '../../src/cli/io.fixture.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';

const HEAD = 'version: 1\nlog: { level: silent, access: off }\n';

const file = (cache = 'maxAge: 10m', more = ''): string => `${USERS}
services: { s: { targets: "\${ECHO}" } }
policies: { kept: { authenticate: none, cache: { ${cache} } } }
routes:
  read: { match: { path: /a/**, methods: [GET] }, to: s, use: kept, cache: { tags: ["route-{route.name}", "item-{params.rest}"] } }
  mine: { match: { path: /me, methods: [GET] }, to: s, cache: { maxAge: 10m, key: { principal: on } } }
  some: { match: { path: /some, methods: [GET] }, to: s, use: kept, cache: { key: { query: [page] } } }
  write: { match: { path: /**, methods: [POST] }, to: s, authenticate: none }
endpoints: { admin: { at: /ops, authorize: { roles: [admin] } } }
${more}`;

/** Counts: every answer is another one. What it says besides is in the query: `tag`, `groups`, `location`, `status`. */
function counting(): Promise<EchoService> {
  let count = 0;
  return echoService((request, response) => {
    const query = new URL(request.url as string, 'http://s').searchParams;
    const headers: Record<string, string> = { 'content-type': 'text/plain' };
    for (const [name, field] of [['tag', 'cache-tag'], ['groups', 'cache-group-invalidation'], ['location', 'location']] as const) {
      const value = query.get(name);
      if (value !== null) headers[field] = value;
    }
    request.resume().on('end', () => response.writeHead(Number(query.get('status') ?? 200), headers).end(String(++count)));
  });
}

interface View {
  readonly entries: number;
  readonly bytes: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

describe('C1: what is kept', () => {
  let service: EchoService;
  let gw: TestGateway;
  let admin: Record<string, string>;
  let bearer: string;
  beforeEach(async () => {
    service = await counting();
    gw = await gateway(file(), { echo: service });
    bearer = await token({ sub: '1', role: 'admin' });
    admin = { authorization: `Bearer ${bearer}` };
  });
  afterEach(async () => {
    await gw[Symbol.asyncDispose]();
    await service.close();
  });
  const get = async (path: string, headers: Record<string, string> = {}): Promise<string> => (await gw.fetch(path, { headers })).text;
  const post = (path: string) => gw.fetch(path, { method: 'POST' });
  const purge = async (query: string): Promise<unknown> => (await gw.fetch(`/ops/cache/purge?${query}`, { method: 'POST', headers: admin })).json();

  describe('is purged by hand', () => {
    it.each<[string, (url: string) => string, readonly string[]]>([
      ['key', (url) => `key=${encodeURIComponent(`${url}/a/1?x=1`)}`, ['/a/1?x=1']],
      ['prefix', (url) => `prefix=${encodeURIComponent(`${url}/a/1`)}`, ['/a/1', '/a/1?x=1']],
      ['prefix of paths', () => 'prefix=/a/', ['/a/1', '/a/1?x=1', '/a/2']],
      ['tag', () => 'tag=item-2', ['/a/2']],
      ['one of several tags', () => 'tag=item-2,%20item-1,item-9', ['/a/1', '/a/1?x=1', '/a/2']],
      ['tag of the service', () => 'tag=other', ['/some?tag=news,other']],
      ['prefix of nothing', () => 'prefix=/b/', []],
    ])('by %s', async (_what, query, gone) => {
      const paths = ['/a/1', '/a/1?x=1', '/a/2', '/some?tag=news,other'];
      const before = new Map<string, string>();
      for (const path of paths) before.set(path, await get(path));
      for (const path of paths) expect(await get(path)).toBe(before.get(path));
      expect(await purge(query(gw.url))).toEqual({ memory: gone.length, redis: null });
      const anew: string[] = [];
      for (const path of paths) if ((await get(path)) !== before.get(path)) anew.push(path);
      expect(anew).toEqual(gone);
    });

    it.each(['', 'key=', 'key=a&tag=b', 'tag=a&tag=b', 'keys=a'])('"%s" is no purge', async (query) => {
      const answer = await gw.fetch(`/ops/cache/purge?${query}`, { method: 'POST', headers: admin });
      expect([answer.status, answer.json()['code']]).toEqual([422, 'unprocessable']);
    });

    it('by nobody but who may', async () => {
      expect((await gw.fetch('/ops/cache/purge?prefix=/', { method: 'POST' })).status).toBe(401);
      expect((await gw.fetch('/ops/cache', { headers: { authorization: `Bearer ${await token({ sub: '2', role: 'user' })}` } })).status).toBe(403);
    });

    it('from the command line', async () => {
      const before = await get('/a/1');
      const command = ['cache', 'purge', '--admin', `${gw.url}/ops/`];
      expect(await ran([...command, '--tag', 'item-1', '--token', bearer])).toMatchObject({ code: 0, out: 'Purged: 1 record in memory.\n', err: '' });
      expect(await get('/a/1')).not.toBe(before);
      expect((await ran([...command, '--prefix', '/a/', '--json'], { PASSERELLE_TOKEN: bearer })).json()).toEqual({ memory: 1, redis: null });
      expect(await ran([...command, '--key', `${gw.url}/a/1`])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('PASSERELLE_TOKEN') as string });
      expect(await ran(['cache', 'purge', '--admin', `${gw.url}/elsewhere`, '--key', 'x', '--token', bearer])).toMatchObject({ code: 1, err: expect.stringContaining('no admin endpoint') as string });
    });
  });

  it('is shown', async () => {
    for (const path of ['/a/1', '/a/1', '/a/2']) await get(path);
    await post('/a/3');
    expect((await gw.fetch('/ops/cache', { headers: admin })).json<View>()).toEqual({
      workers: 1, entries: 2, bytes: expect.any(Number) as number, maxBytes: 67_108_864, evictions: 0, redis: 'off',
      outcomes: { hit: 1, stale: 0, revalidated: 0, collapsed: 0, miss: 2, bypass: 0 },
    });
  });

  it('is documented', async () => {
    const { paths } = (await gw.fetch('/openapi.json')).json<{ paths: Record<string, Record<string, { parameters: { name: string }[] }>> }>();
    expect(paths['/ops/cache/purge']?.['post']?.parameters.map(({ name }) => name)).toEqual(['key', 'prefix', 'tag']);
    expect(paths['/ops/cache']?.['get']).toBeDefined();
  });

  describe('is true no longer', () => {
    it.each<[string, string, string, boolean]>([
      ['the address itself', '/a/1', '/a/1', true],
      ['its query too', '/a/1?x=1', '/a/1?x=1', true],
      ['another query', '/a/1?x=1', '/a/1?x=2', false],
      ['another address', '/a/1', '/a/2', false],
      ['an answer that is no success', '/some?page=1', '/some?page=1&status=404', false],
      ['a success with the rest of its query', '/some?page=1', '/some?page=2', true],
      ['what the answer names', '/a/1', `/b?location=${encodeURIComponent('/a/1')}`, true],
      ['odd characters', "/a/1?q='x'|y", "/a/1?q='x'|y", true],
    ])('after a request to another route that changes it: %s', async (_what, read, write, gone) => {
      const before = await get(read);
      expect(await get(read)).toBe(before);
      await post(write);
      expect((await get(read)) !== before).toBe(gone);
    });

    it('for every caller', async () => {
      const others = { authorization: `Bearer ${await token({ sub: '2' })}` };
      const before = [await get('/me', admin), await get('/me', others)];
      expect([await get('/me', admin), await get('/me', others)]).toEqual(before);
      expect(new Set(before).size).toBe(2);
      await post('/me');
      const after = [await get('/me', admin), await get('/me', others)];
      expect(new Set([...before, ...after]).size).toBe(4);
    });

    it('when a service says so of its groups (RFC 9875)', async () => {
      const before = [await get('/a/1?tag=news'), await get('/a/2')];
      await post(`/b?groups=${encodeURIComponent('"news"')}`);
      const after = [await get('/a/1?tag=news'), await get('/a/2')];
      expect([after[0] !== before[0], after[1]]).toEqual([true, before[1]]);
    });
  });

  describe('over a reload', () => {
    it.each<[string, string, boolean]>([
      ['stays', file('maxAge: 10m', 'info: { title: Other }'), true],
      ['is not given where it would not have been kept', file('maxAge: 10m, respect: off'), false],
      ['is not given where callers are told apart', file('maxAge: 10m, key: { headers: [x-a] }'), false],
      ['is not given where another path is asked for', file().replace('to: s, use: kept, cache: { tags', 'to: s, path: { strip: 1 }, use: kept, cache: { tags'), false],
    ])('%s', async (_what, yaml, stays) => {
      const before = await get('/a/1');
      await gw.rewrite(HEAD + yaml);
      expect((await get('/a/1')) === before).toBe(stays);
    });

    it('fits into less', async () => {
      for (let i = 0; i < 40; i++) await get(`/a/${i}`);
      await gw.rewrite(HEAD + file('maxAge: 10m', 'cache: { memory: 20kB }'));
      const { bytes, entries } = (await gw.fetch('/ops/cache', { headers: admin })).json<View>();
      expect(bytes).toBeLessThanOrEqual(20_000);
      expect(entries).toBeGreaterThan(3);
      const service40 = service.requests.length;
      await get('/a/39');
      expect(service.requests).toHaveLength(service40);
    });
  });
});
