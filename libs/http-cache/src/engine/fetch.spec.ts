import { Answer, AnswerBody, HeaderList, Problem, problems } from '#libs/kernel';
import { MemoryStore } from '../memory-store.fixture.js';
import { read, respondLater, respondWith, Scene, settle, type Respond } from './scene.fixture.js';

const V1 = { 'cache-control': 'max-age=60', etag: '"v1"', 'x-n': '1' };
const notModified: Respond = () => new Answer(304, new HeaderList(['ETag', '"v1"', 'Cache-Control', 'max-age=120', 'X-N', '2']));

/** Has something stored that is 100 s old and may live for 60. */
async function withStale(fields: Record<string, string> = V1, settings: ConstructorParameters<typeof Scene>[0] = {}): Promise<Scene> {
  const scene = new Scene({ ...settings, respond: () => respondWith(fields) });
  await scene.ask();
  scene.clock.advance(100_000);
  return scene;
}

describe('validation', () => {
  it('asks with our validators, and brings the stored response up to date', async () => {
    const scene = await withStale();
    scene.respond = notModified;
    const first = await scene.ask({ headers: { 'If-None-Match': '"mine"', 'If-Modified-Since': 'x', Range: 'bytes=0-', 'If-Range': '"mine"', Accept: 'a' } });
    expect([first.status, first.text, first.exchange.cached, first.headers.get('x-n')]).toEqual([200, 'hello', 'revalidated', '2']);
    expect(first.headers.get('cache-status')).toBe('gw;fwd=stale;fwd-status=304;ttl=120;stored');
    expect(scene.calls[1]?.headers.flat).toEqual(['Accept', 'a', 'if-none-match', '"v1"']);
    scene.clock.advance(100_000);
    expect((await scene.ask()).exchange.cached).toBe('hit');
  });

  it('judges the conditions of the client by the answer', async () => {
    const scene = await withStale();
    scene.respond = notModified;
    expect(await scene.ask({ headers: { 'If-None-Match': '"v1"' } })).toMatchObject({ status: 304, text: '', exchange: { cached: 'revalidated' } });
  });

  it('takes what has changed in its place', async () => {
    const scene = await withStale();
    scene.respond = () => respondWith({ ...V1, etag: '"v2"' }, 'new');
    expect(await scene.ask()).toMatchObject({ text: 'new', exchange: { cached: 'miss' } });
    expect(await scene.ask()).toMatchObject({ text: 'new', exchange: { cached: 'hit' } });
  });

  it('asks again without conditions where a 304 is about something else', async () => {
    const scene = await withStale();
    scene.respond = (_, call) => (call === 2 ? new Answer(304, new HeaderList(['ETag', '"other"'])) : respondWith({ ...V1, etag: '"v2"' }, 'new'));
    expect(await scene.ask({ headers: { Accept: 'a' } })).toMatchObject({ status: 200, text: 'new' });
    expect(scene.calls[2]?.headers.flat).toEqual(['Accept', 'a']);
  });

  it('forgets what the service does not want stored any more', async () => {
    const scene = await withStale();
    scene.respond = () => respondWith({ 'cache-control': 'no-store' }, 'secret');
    expect(await scene.ask()).toMatchObject({ text: 'secret' });
    expect((scene.store as MemoryStore).records.size).toBe(0);
  });

  it.each([['asked for it anew', V1, { 'Cache-Control': 'no-cache' }, 1], ['has a copy of what cannot be validated', { 'cache-control': 'max-age=60' }, { 'If-None-Match': '"v1"' }, 100_000]])(
    'does not forget it because of a client that %s', async (_, fields, headers, age) => {
      const scene = new Scene({ respond: () => respondWith(fields) });
      await scene.ask();
      scene.clock.advance(age);
      scene.respond = () => respondWith({ 'cache-control': 'private' }, 'own');
      expect((await scene.ask({ headers })).text).toBe('own');
      expect((scene.store as MemoryStore).records.size).toBe(1);
    });

  it('forgets with a 304 that says so too, but answers with it', async () => {
    const scene = await withStale();
    scene.respond = () => new Answer(304, new HeaderList(['ETag', '"v1"', 'Cache-Control', 'no-store']));
    expect(await scene.ask()).toMatchObject({ status: 200, text: 'hello' });
    expect((scene.store as MemoryStore).records.size).toBe(0);
  });

  it.each([['a wish for privacy', { headers: { 'Cache-Control': 'no-store, no-cache' } }], ['who is known', { headers: { 'Cache-Control': 'no-cache' }, user: 'ann' }]])(
    'leaves what is stored alone after a 304 to %s', async (_, asked) => {
      const scene = new Scene({ respond: () => respondWith(V1) });
      await scene.ask();
      scene.respond = notModified;
      expect(await scene.ask(asked)).toMatchObject({ text: 'hello', exchange: { cached: 'revalidated' } });
      expect(await scene.ask()).toMatchObject({ exchange: { cached: 'hit' }, headers: { flat: expect.arrayContaining(['1']) } });
      expect(scene.calls).toHaveLength(2);
    });

  it('leaves the conditions of the client in place where nothing is stored', async () => {
    const scene = new Scene({ respond: () => new Answer(304, new HeaderList(['ETag', '"v1"'])) });
    const answer = await scene.ask({ headers: { 'If-None-Match': '"v1"', Range: 'bytes=0-1' } });
    expect([answer.status, answer.exchange.cached, scene.calls[0]?.headers.get('range')]).toEqual([304, 'miss', 'bytes=0-1']);
    expect((scene.store as MemoryStore).records.size).toBe(0);
  });
});

describe('a failing service', () => {
  const down: Respond = () => { throw new Problem(problems.targetUnreachable, 'gone'); };
  const ill: Respond = () => respondWith({}, 'ill', 503);

  it.each<[string, Respond, Record<string, string>, number, 'stale' | 'fails']>([
    ['stale-if-error', ill, { ...V1, 'cache-control': 'max-age=60, stale-if-error=60' }, 0, 'stale'],
    ['the route', ill, V1, 60_000, 'stale'],
    ['the route, for a broken connection', down, V1, 60_000, 'stale'],
    ['nobody', ill, V1, 0, 'fails'],
    ['the route, for too short', ill, V1, 30_000, 'fails'],
    ['the route, against the response', down, { ...V1, 'cache-control': 'max-age=60, must-revalidate' }, 60_000, 'fails'],
    ['the route, for an error of another kind', () => respondWith({}, 'no', 404), V1, 60_000, 'fails'],
  ])('where %s allows it is stood in for', async (_, respond, fields, staleIfError, outcome) => {
    const scene = await withStale(fields, { settings: { staleIfError } });
    scene.respond = respond;
    const exchange = scene.open();
    const answer = await scene.send(exchange).then(read).catch(() => null);
    if (outcome === 'fails') return expect(answer?.text).not.toBe('hello');
    expect([answer?.text, answer?.headers.get('x-degraded'), answer?.headers.get('age')]).toEqual(['hello', 'stale', '100']);
    expect([exchange.cached, exchange.degraded, exchange.failure?.type.code]).toEqual(['stale', 'stale', respond === down ? 'target-unreachable' : undefined]);
  });

  it('has no answer for a client that left', async () => {
    const scene = await withStale(V1, { settings: { staleIfError: 60_000 } });
    const exchange = scene.open();
    scene.respond = () => {
      exchange.abort(new Problem(problems.clientClosed, 'left'));
      throw exchange.aborted as Error;
    };
    await expect(scene.send(exchange)).rejects.toMatchObject({ type: { code: 'client-closed-request' } });
  });

  it('is stood in for when the total time is over', async () => {
    const scene = await withStale(V1, { settings: { staleIfError: 60_000 } });
    const exchange = scene.open();
    scene.respond = () => {
      exchange.abort(new Problem(problems.totalTimeout, 'too long'));
      throw exchange.aborted as Error;
    };
    expect((await read(await scene.send(exchange))).text).toBe('hello');
  });

  it.each([['max-age=60', 'hello'], ['max-age=60, must-revalidate', null], ['s-maxage=60', null], ['no-cache', null]])(
    'leaves what it said before (%s) to a fallback: %s', async (control, text) => {
      const scene = await withStale({ ...V1, 'cache-control': control });
      scene.clock.advance(1_000_000);
      scene.respond = down;
      const exchange = scene.open();
      await expect(scene.send(exchange)).rejects.toThrow('gone');
      const stale = exchange.stale?.() ?? null;
      expect(stale === null ? null : (await read(stale)).text).toBe(text);
      expect(exchange.cached).toBe(text === null ? 'miss' : 'stale');
    });
});

describe('what passes', () => {
  it('comes as it comes, and is stored once it is whole, with its trailers', async () => {
    const later = respondLater({ 'cache-control': 'max-age=60', trailer: 'x' });
    const scene = new Scene({ respond: () => later.answer });
    const { body } = await scene.send(scene.open());
    let seen = '';
    body?.attach({ write: (chunk) => (seen += Buffer.from(chunk).toString()) !== '', end: (trailers) => (seen += trailers?.join('=')), fail: () => undefined });
    later.body.push(Buffer.from('one '));
    expect([seen, (scene.store as MemoryStore).records.size]).toEqual(['one ', 0]);
    later.body.push(Buffer.from('two '));
    later.body.end(['x', '1']);
    expect(seen).toBe('one two x=1');
    expect(await scene.ask()).toMatchObject({ text: 'one two ', trailers: ['x', '1'], exchange: { cached: 'hit' } });
  });

  it('is not broken by a store that is', async () => {
    const { answer, body } = respondLater();
    const store = Object.assign(new MemoryStore(), { set: () => { throw new Error('a bug'); } });
    const scene = new Scene({ store, respond: () => answer });
    const reading = scene.ask();
    await settle();
    body.push(Buffer.from('ab'));
    body.end();
    expect((await reading).text).toBe('ab');
    await settle();
    expect(scene.flights.size).toBe(0);
  });

  it('gets a length when it is stored', async () => {
    const scene = new Scene();
    await scene.ask();
    expect((await scene.ask()).headers.get('content-length')).toBe('5');
  });

  it.each<[string, (later: AnswerBody) => void, Record<string, string>]>([
    ['breaks', (body) => body.fail(new Error('broken')), {}],
    ['is shorter than it says', (body) => body.end(), { 'content-length': '3' }],
    ['is longer than it says', (body) => body.end(), { 'content-length': '1' }],
    ['is too large', (body) => (body.push(Buffer.alloc(2_000)), body.end()), {}],
    ['says that it is too large', (body) => body.end(), { 'content-length': '2000' }],
  ])('is not stored when it %s', async (_, end, fields) => {
    const later = respondLater({ 'cache-control': 'max-age=60', ...fields });
    const scene = new Scene({ respond: () => later.answer, settings: { maxSize: 1_000 } });
    const answer = await scene.send(scene.open());
    const reading = read(answer).catch(() => null);
    later.body.push(Buffer.from('ab'));
    end(later.body);
    await reading;
    await settle();
    expect([(scene.store as MemoryStore).records.size, scene.flights.size]).toEqual([0, 0]);
  });

  it.each([['too large', 'x'.repeat(1_001), {}], ['not as long as it says', 'x', { 'content-length': '2' }]])('is not stored whole when it is %s', async (_, text, fields) => {
    const scene = new Scene({ respond: () => respondWith({ 'cache-control': 'max-age=60', ...fields }, text), settings: { maxSize: 1_000 } });
    expect((await scene.ask()).text).toBe(text);
    expect((scene.store as MemoryStore).records.size).toBe(0);
  });

  it('is not stored when parts of it are missing', async () => {
    const scene = new Scene({ respond: (exchange) => Object.assign(respondWith(), { nothing: (exchange.degraded = 'partial') }) });
    await scene.ask();
    expect((scene.store as MemoryStore).records.size).toBe(0);
  });

  it('is cancelled with the client, and not stored', async () => {
    let cancelled = 0;
    const later = respondLater({ 'cache-control': 'max-age=60' }, { pause: () => undefined, resume: () => undefined, cancel: () => cancelled++ });
    const scene = new Scene({ respond: () => later.answer });
    const exchange = scene.open();
    const { body } = await scene.send(exchange);
    exchange.abort(new Problem(problems.clientClosed, 'left'));
    body?.cancel(exchange.aborted as Error);
    expect([cancelled, scene.flights.size, (scene.store as MemoryStore).records.size]).toEqual([1, 0, 0]);
  });

  it('is tagged by the route and by the service', async () => {
    const scene = new Scene({ respond: () => respondWith({ 'cache-control': 'max-age=60', 'cache-tag': 'a b' }) });
    await scene.ask();
    expect([...(scene.store as MemoryStore).records.values()].map(({ keeping }) => keeping.tags)).toEqual([['path:/a', 'a', 'b']]);
  });
});

describe('HEAD', () => {
  it.each([
    ['brings the stored response up to date', { ...V1, 'x-n': '2' }, 'hit', '2'],
    ['shows that it is out of date', { ...V1, etag: '"v2"' }, 'miss', '3'],
  ])('%s', async (_, fields, outcome, n) => {
    const scene = await withStale();
    scene.respond = () => new Answer(200, new HeaderList(Object.entries(fields).flat()));
    expect(await scene.ask({ method: 'HEAD' })).toMatchObject({ status: 200, exchange: { cached: 'miss' } });
    scene.respond = () => respondWith({ ...V1, 'x-n': '3' });
    const { exchange, headers } = await scene.ask();
    expect([exchange.cached, headers.get('x-n')]).toEqual([outcome, n]);
  });
});
