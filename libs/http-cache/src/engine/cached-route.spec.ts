import { Answer, HeaderList, Problem } from '#libs/kernel';
import { MemoryStore } from '../memory-store.fixture.js';
import { read, respondWith, Scene, type Asked } from './scene.fixture.js';

describe('CachedRoute', () => {
  it.each<[string, Asked, Asked, number, string | null]>([
    ['the same request', {}, {}, 1, 'hit'],
    ['another path', {}, { path: '/b' }, 2, 'miss'],
    ['HEAD after GET', {}, { method: 'HEAD' }, 1, 'hit'],
    ['GET after HEAD', { method: 'HEAD' }, {}, 2, 'miss'],
    ['a request with cookies', {}, { headers: { Cookie: 'a=1' } }, 2, 'bypass'],
    ['If-Match', {}, { headers: { 'If-Match': '"x"' } }, 2, 'bypass'],
    ['If-Unmodified-Since', {}, { headers: { 'If-Unmodified-Since': 'x' } }, 2, 'bypass'],
    ['OPTIONS', {}, { method: 'OPTIONS' }, 2, 'bypass'],
    ['a request without a key', { path: '/nokey' }, { path: '/nokey' }, 2, 'bypass'],
    ['no-cache', {}, { headers: { 'Cache-Control': 'no-cache' } }, 2, 'miss'],
    ['a range of what is stored', {}, { headers: { Range: 'bytes=1-2' } }, 1, 'hit'],
  ])('%s: %j, then %j is %i calls and a %s', async (_, first, second, calls, outcome) => {
    const scene = new Scene();
    await scene.ask(first);
    const { exchange } = await scene.ask(second);
    expect([scene.calls.length, exchange.cached]).toEqual([calls, outcome]);
  });

  it.each([{ slow: false }, { slow: true }])('gives back what was stored, with its age, from a store that is %j', async (kind) => {
    const scene = new Scene({ store: new MemoryStore(kind), respond: () => respondWith({ 'cache-control': 'max-age=60', 'x-a': '1', etag: '"v"' }) });
    const first = await scene.ask();
    scene.clock.advance(7_000);
    const second = await scene.ask();
    expect([first.text, second.text, second.status]).toEqual(['hello', 'hello', 200]);
    expect(first.headers.get('cache-status')).toBe('gw;fwd=uri-miss;fwd-status=200;ttl=60;stored');
    expect(second.headers.get('cache-status')).toBe('gw;hit;ttl=53');
    expect(['age', 'x-a', 'content-length'].map((name) => second.headers.get(name))).toEqual(['7', '1', '5']);
    expect(first.headers.get('age')).toBeUndefined();
  });

  it('tells nothing where it is not to', async () => {
    const scene = new Scene({ settings: { cacheStatus: null } });
    const answers = [await scene.ask(), await scene.ask(), await scene.ask({ method: 'POST' })];
    expect(answers.map(({ headers }) => headers.get('cache-status'))).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['If-None-Match', { 'If-None-Match': '"v"' }, 304, ''],
    ['another If-None-Match', { 'If-None-Match': '"w"' }, 200, 'hello'],
    ['a range', { Range: 'bytes=1-3' }, 206, 'ell'],
    ['a range beyond the end', { Range: 'bytes=10-' }, 416, ''],
  ])('answers %s from the store', async (_, headers, status, text) => {
    const scene = new Scene({ respond: () => respondWith({ 'cache-control': 'max-age=60', etag: '"v"' }) });
    await scene.ask();
    const answer = await scene.ask({ headers });
    expect([answer.status, answer.text, answer.exchange.cached, scene.calls.length]).toEqual([status, text, 'hit', 1]);
    expect(answer.headers.get('age')).toBe('0');
  });

  it('leaves upgrades and content of GET alone', async () => {
    const scene = new Scene();
    await scene.ask();
    const [upgrade, content] = [scene.open(), scene.open()];
    upgrade.upgrade = 'websocket';
    Object.assign(content.outgoing!, { body: Buffer.from('x') });
    await scene.send(upgrade);
    await scene.send(content);
    expect([upgrade.cached, content.cached, scene.calls.length]).toEqual(['bypass', 'bypass', 3]);
  });

  it.each([false, true])('refuses what may only come from the store and is not there (anything stored: %s)', async (stored) => {
    const scene = new Scene({ respond: () => respondWith({ 'cache-control': 'max-age=60', etag: '"v"' }) });
    if (stored) await scene.ask();
    scene.clock.advance(100_000);
    const exchange = scene.open({ headers: { 'Cache-Control': 'only-if-cached' } });
    await expect(scene.send(exchange)).rejects.toMatchObject({ type: { code: 'not-cached' } });
    expect([exchange.cached, scene.calls.length]).toEqual(['miss', stored ? 1 : 0]);
  });

  it('does not ask the service for a client that left while the store was asked', async () => {
    const scene = new Scene({ store: new MemoryStore({ slow: true }) });
    const exchange = scene.open();
    const answer = scene.send(exchange);
    exchange.abort(new Error('left'));
    await expect(answer).rejects.toThrow('left');
    expect([scene.calls.length, exchange.cached]).toEqual([0, 'miss']);
  });

  it('hands on what the service fails with', async () => {
    const failure = new Error('a bug');
    const scene = new Scene({ respond: () => { throw failure; } });
    await expect(scene.ask()).rejects.toBe(failure);
    expect(scene.flights.size).toBe(0);
  });

  it('serves what it serves, whatever the services say of it in capital letters', async () => {
    const scene = new Scene({ respond: () => new Answer(200, new HeaderList(['CACHE-CONTROL', 'MAX-AGE=60', 'AGE', '5'])) });
    await scene.ask();
    const { headers, exchange, text } = await scene.ask();
    expect([headers.all('age'), exchange.cached, text]).toEqual([['5'], 'hit', '']);
  });
});

describe('a method that is not safe', () => {
  const scene = (byPrincipal = false): Scene => new Scene({ settings: { byPrincipal } });
  const changes = (status: number, fields: Record<string, string> = {}) => () => respondWith(fields, '', status);

  it.each([['POST', 200, true], ['DELETE', 204, true], ['FROB', 303, true], ['PUT', 404, false], ['POST', 500, false], ['OPTIONS', 200, false]])(
    '%s answered with %i makes the stored response untrue: %s', async (method, status, forgets) => {
      const each = scene();
      await each.ask();
      each.respond = changes(status);
      const { exchange } = await each.ask({ method });
      each.respond = () => respondWith();
      expect([exchange.cached, (await each.ask()).exchange.cached]).toEqual(['bypass', forgets ? 'miss' : 'hit']);
    });

  it.each([
    ['location', '/b'], ['content-location', 'http://gw.test/b'], ['cache-tag', 'path:/b'], ['cache-group-invalidation', '"path:/b"'],
  ])('forgets what %s names: %s', async (name, value) => {
    const each = scene();
    await each.ask({ path: '/b' });
    await each.ask({ path: '/c' });
    each.respond = changes(201, { [name]: value });
    await each.ask({ method: 'POST' });
    each.respond = () => respondWith();
    expect([(await each.ask({ path: '/b' })).exchange.cached, (await each.ask({ path: '/c' })).exchange.cached]).toEqual(['miss', 'hit']);
  });

  it('forgets nothing of another origin', async () => {
    const each = scene();
    await each.ask({ path: '/b' });
    each.respond = changes(200, { 'cache-tag': 'path:/b', 'cache-group-invalidation': '"path:/b"', location: 'http://gw.test/b' });
    await read(await each.send(Object.assign(each.open({ method: 'POST' }), { host: 'other.test' })));
    expect((await each.ask({ path: '/b' })).exchange.cached).toBe('hit');
  });

  it.each(['', 'a:99999', 'x y'])('passes whatever host it is for: %j', async (host) => {
    const each = scene();
    const exchange = Object.assign(each.open({ method: 'POST', path: '/b' }), { host });
    expect((await each.send(exchange)).status).toBe(200);
    expect((each.store as MemoryStore).log).toContain('purge {"prefix":"http://localhost/b "}');
  });

  it('forgets what is kept for every caller', async () => {
    const each = scene(true);
    for (const user of ['ann', 'bob']) await each.ask({ user });
    await each.ask({ user: 'ann', method: 'PUT' });
    expect([(await each.ask({ user: 'bob' })).exchange.cached, (await each.ask({ user: 'ann' })).exchange.cached]).toEqual(['miss', 'miss']);
  });
});

describe('Problem', () => {
  it('of the service passes where nothing is stored', async () => {
    const problem = new Problem((await import('#libs/kernel')).problems.targetUnreachable, 'gone');
    const scene = new Scene({ settings: { staleIfError: 60_000 }, respond: () => { throw problem; } });
    const exchange = scene.open();
    await expect(scene.send(exchange)).rejects.toBe(problem);
    expect([exchange.cached, exchange.stale]).toEqual(['miss', null]);
  });
});
