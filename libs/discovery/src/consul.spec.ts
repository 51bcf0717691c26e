import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type Address } from '#libs/kernel';
import { seededRandom, until } from '#libs/testing';
import { consul } from './consul.js';

/** What the discovery says last. */
class Heard implements Disposable {
  list: readonly Address[] | null = null;
  why: string | null = null;
  readonly #stop: () => void;

  constructor(options: Record<string, unknown>, name = 'shop') {
    const discovery = consul.create(consul.schema.parse(options), { name, folder: '/', clock: systemClock, random: seededRandom(7), resolve: () => { throw new Error('not asked for'); } });
    this.#stop = discovery.watch({ found: (list) => { this.list = list; }, lost: (why) => { this.why = why; } });
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

interface Said {
  readonly index: string;
  readonly body?: string;
  readonly status?: number;
  readonly filtered?: boolean;
  readonly location?: string;
}

/** A server that stands in for Consul, and what it was asked. */
async function fakeConsul(answer: (query: URLSearchParams, count: number) => Said | null) {
  const asked: URLSearchParams[] = [];
  const requests: { readonly path: string; readonly token: string | undefined }[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://consul');
    asked.push(query);
    requests.push({ path: pathname, token: request.headers['x-consul-token'] as string | undefined });
    sockets.add(request.socket);
    const said = answer(query, asked.length);
    if (said === null) return;
    const { body = '[]', filtered, index, location, status = 200 } = said;
    response.writeHead(status, { 'x-consul-index': index, ...(location ? { location } : {}), ...(filtered ? { 'x-consul-results-filtered-by-acls': 'true' } : {}) }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, requests, sockets, address, [Symbol.asyncDispose]: async () => { server.closeAllConnections(); await new Promise((resolve) => server.close(resolve)); } };
}

const waiting = null;

describe('consul', () => {
  it.each<[Record<string, unknown>, string, string]>([
    [{}, '/v1/health/service/shop', 'passing=1'],
    [{ service: 'user-api', passing: false }, '/v1/health/service/user-api', ''],
    [{ datacenter: 'dc2', tags: ['a', 'b&c'] }, '/v1/health/service/shop', 'passing=1&dc=dc2&tag=a&tag=b%26c'],
    [{ tags: 'a' }, '/v1/health/service/shop', 'passing=1&tag=a'],
  ])('%p asks for %s?%s', async (options, path, query) => {
    await using server = await fakeConsul(() => ({ index: '1' }));
    using heard = new Heard({ address: `${server.address}/`, token: 'hush', ...options });
    await until(() => heard.list !== null);
    expect(server.requests[0]).toEqual({ path, token: 'hush' });
    expect(String(server.asked[0])).toBe(query);
  });

  it('never sends the token elsewhere', async () => {
    await using elsewhere = await fakeConsul(() => ({ index: '1' }));
    await using server = await fakeConsul(() => ({ index: '1', status: 302, location: elsewhere.address }));
    using heard = new Heard({ address: server.address, token: 'hush' });
    await until(() => heard.why !== null);
    expect(elsewhere.requests).toEqual([]);
    expect(heard.why).not.toContain('hush');
  });

  it.each<[Record<string, unknown>]>([
    [{ address: 'consul:8500' }], [{ address: 'http://user:password@consul:8500' }], [{ address: 'http://consul:8500?token=a' }], [{ service: '../agent' }], [{ service: '..' }],
    [{ wait: '11m' }], [{ wait: 10 }], [{ token: '' }], [{ tags: [''] }], [{ path: 'base' }], [{ scheme: 'ftp' }], [{ datacentre: 'dc1' }],
  ])('%p is a mistake', (options) => {
    expect(consul.schema.safeParse(options).success).toBe(false);
  });
});

describe('blocking queries', () => {
  it('ask with the index of the last answer, over one connection, and from the beginning when it goes back', async () => {
    const indexes = ['5', '9', '9', '3', '3'];
    await using server = await fakeConsul((_query, count) => (count <= indexes.length ? { index: indexes[count - 1] as string } : waiting));
    using _heard = new Heard({ address: server.address, wait: '30s' });
    await until(() => server.asked.length === 6);
    expect(server.asked.map((query) => query.get('index'))).toEqual([null, '5', '9', '9', null, '3']);
    expect(server.asked.map((query) => query.get('wait'))).toEqual([null, '30000ms', '30000ms', '30000ms', null, '30000ms']);
    expect(server.sockets.size).toBe(1);
  });

  it('pause where every answer is a new one, and never ask with an index of 0', async () => {
    await using server = await fakeConsul(() => ({ index: '0' }));
    using _heard = new Heard({ address: server.address });
    const began = performance.now();
    await until(() => server.asked.length >= 10);
    // Nine pauses of 100 ms; real time may stand still, but not run ahead.
    expect(performance.now() - began).toBeGreaterThan(750);
    expect(new Set(server.asked.slice(1).map((query) => query.get('index')))).toEqual(new Set(['1']));
  });

  it('come less and less often while they fail', async () => {
    await using server = await fakeConsul(() => ({ index: '1', status: 500, body: 'rpc error: No cluster leader' }));
    using heard = new Heard({ address: server.address });
    const began = performance.now();
    await until(() => server.asked.length >= 4);
    // At least half of 250, 500 and 1000 ms.
    expect(performance.now() - began).toBeGreaterThan(850);
    expect(heard.why).toBe(`Consul at ${server.address} answers 500 (rpc error: No cluster leader)`);
  });

  it('notice a Consul that does not answer any more', async () => {
    await using server = await fakeConsul((query) => (query.has('index') ? waiting : { index: '1' }));
    using heard = new Heard({ address: server.address, wait: '10ms' });
    await until(() => heard.why !== null, 20_000);
    expect(heard.why).toBe(`Consul at ${server.address} does not answer in time`);
    expect(heard.list).toEqual([]);
  }, 30_000);

  it.each([
    ['hidden by access control', { index: '1', filtered: true }, /hides instances: `discover\.token` has to be one with service:read/],
    ['not JSON', { index: '1', body: '<html>' }, /is not JSON/],
    ['JSON of another kind', { index: '1', body: '[{"Node":{}}]' }, /makes no sense at 0\.Node\.Address/],
    ['from somebody else', { index: '', body: '{}' }, /without an X-Consul-Index: that is not the API of Consul/],
    ['a redirect', { index: '1', status: 301, body: '' }, /answers 301$/],
    ['nothing of that name', { index: '1', status: 404, body: '' }, /answers 404: that is not the API of Consul/],
    ['refused', { index: '1', status: 403, body: 'Permission denied' }, /refuses who has no token \(Permission denied\); `discover\.token` has to be one that may read this/],
    ['a page', { index: '1', status: 502, body: '<html>secret</html>' }, /answers 502$/],
    ['endless', { index: '1', body: ' '.repeat(17 * 1024 * 1024) }, /answers more than anybody could use/],
  ])('an answer that is %s is none', async (_what, answer, why) => {
    await using server = await fakeConsul(() => answer);
    using heard = new Heard({ address: server.address });
    await until(() => heard.why !== null);
    expect(heard.why).toMatch(why);
    expect(heard.list).toBeNull();
  });
});
