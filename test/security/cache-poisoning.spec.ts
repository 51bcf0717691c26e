import type { RequestListener } from 'node:http';
import { events } from '#libs/kernel';
import { echoService, until, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';

const PUBLIC = { 'content-type': 'text/plain', 'cache-control': 'public, max-age=60' };

/** What it was asked for, for everybody. */
const repeat: RequestListener = ({ url = '' }, response) => void response.writeHead(200, { ...PUBLIC, 'content-length': url.length }).end(url, 'latin1');

/** A public route with a cache, and a service of our own. */
class Scene implements AsyncDisposable {
  private constructor(readonly gw: TestGateway, readonly echo: EchoService) {}

  static async of(route: string, listener: RequestListener = repeat): Promise<Scene> {
    const echo = await echoService(listener);
    return new Scene(await gateway(`routes: { all: { match: { path: /** }, authenticate: none, ${route} } }`, { echo }), echo);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gw[Symbol.asyncDispose]();
    await this.echo.close();
  }
}

describe('what a hostile client leaves in the cache', () => {
  it.each<[string, string, string]>([
    ['a query that browsers encode', '/a?q="><script>', '/a?q=%22%3E%3Cscript%3E'],
    ['a path that browsers encode', '/a"><b', '/a%22%3E%3Cb'],
  ])('is not for others: %s', async (_what, bare, encoded) => {
    await using scene = await Scene.of('to: echo, cache: on');
    const first = await raw(scene.gw.port, `GET ${bare} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const other = await raw(scene.gw.port, `GET ${encoded} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(first.text.endsWith(bare)).toBe(true);
    expect(other.text.endsWith(encoded)).toBe(true);
  });

  it('is not found by whoever sends the listed parameters only', async () => {
    await using scene = await Scene.of('to: echo, cache: { key: { query: [id] } }');
    await scene.gw.fetch('/a?id=1&utm=x;id=2');
    expect((await scene.gw.fetch('/a?id=1')).text).toBe('/a?id=1');
  });
});

describe('what the gateway itself says to one client', () => {
  const edit = 'headers: { response: { set: { X-Of: "{request.id}", X-Who: "{request.header.x-who}", X-By: "{service.name}" } } }';

  it.each(['', 'guards: [], compression: off, '])('is said to no other (%s)', async (more) => {
    await using scene = await Scene.of(`to: echo, cache: on, ${more}${edit}`);
    const [one, two] = [await scene.gw.fetch('/a', { headers: { 'x-who': 'ann' } }), await scene.gw.fetch('/a', { headers: { 'x-who': 'bob' } })];
    expect(two.headers['cache-status']).toMatch(/;hit/);
    expect([one.headers['x-who'], two.headers['x-who']]).toEqual(['ann', 'bob']);
    expect(two.headers['x-of']).toBe(two.headers['x-request-id']);
    expect(two.headers['x-by']).toBe('echo');
  });
});

describe('an answer of several services', () => {
  const route = 'aggregate: { calls: { one: { to: echo, path: /one }, two: { to: echo, path: /two } } }, cache: { maxAge: 1m }';
  const saying = (said: Readonly<Record<string, string>>): RequestListener => (request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...(request.url === '/two' && said) }).end(JSON.stringify(request.headers['accept-language'] ?? null));

  it.each<[Record<string, string>, RegExp]>([
    [{}, /;hit/], [{ vary: 'Accept-Encoding' }, /;hit/],
    [{ 'cache-control': 'no-store' }, /;fwd=/], [{ 'cache-control': 'private, max-age=60' }, /;fwd=/], [{ 'set-cookie': 'a=b' }, /;fwd=/],
    [{ vary: '*' }, /;fwd=/], [{ vary: 'Accept-Language' }, /;fwd=/],
  ])('is kept for others unless one of these must not be: %j', async (said, status) => {
    await using scene = await Scene.of(route, saying(said));
    await scene.gw.fetch('/a', { headers: { 'accept-language': 'fr' } });
    const { headers } = await scene.gw.fetch('/a', { headers: { 'accept-language': 'en' } });
    expect(headers['cache-status']).toMatch(status);
  });
});

it('nobody gets what is at hand before the guards have let them in', async () => {
  await using scene = await Scene.of('to: echo, cache: on, limit: 2/h');
  const seen: (string | null)[] = [];
  const unsubscribe = events.exchangeClosed.subscribe(({ cached }) => { seen.push(cached); });
  const replies = [await scene.gw.fetch('/a'), await scene.gw.fetch('/a'), await scene.gw.fetch('/a')];
  await until(() => seen.length === 3);
  unsubscribe();
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(replies[2]?.headers['cache-status']).toBeUndefined();
  expect(seen).toEqual(['miss', 'hit', null]);
});
