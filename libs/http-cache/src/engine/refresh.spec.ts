import { Answer, HeaderList, Problem, problems } from '#libs/kernel';
import { MemoryStore } from '../memory-store.fixture.js';
import { respondWith, Scene, settle, type Respond } from './scene.fixture.js';

const V1 = { 'cache-control': 'max-age=60, stale-while-revalidate=600', etag: '"v1"' };

async function withStale(store = new MemoryStore()): Promise<Scene> {
  const scene = new Scene({ respond: () => respondWith(V1), store });
  await scene.ask();
  scene.clock.advance(100_000);
  return scene;
}

describe('a stored response that may be used while it is refreshed', () => {
  it.each<[string, Respond, string]>([
    ['is confirmed', () => new Answer(304, new HeaderList(['ETag', '"v1"', 'Cache-Control', 'max-age=60'])), 'hello'],
    ['is replaced', () => respondWith({ ...V1, etag: '"v2"' }, 'new'), 'new'],
  ])('is the answer at once, and %s once', async (_, respond, text) => {
    const scene = await withStale();
    const slow = Promise.withResolvers<void>();
    scene.respond = async (exchange, call) => {
      await slow.promise;
      return respond(exchange, call);
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => scene.ask({ headers: { 'If-None-Match': '"mine"', Range: 'bytes=0-9' } })));
    expect(new Set(answers.map((answer) => [answer.status, answer.text, answer.exchange.cached, answer.headers.get('age')].join()))).toEqual(new Set(['206,hello,stale,100']));
    await settle();
    expect([scene.calls.length, scene.calls[1]?.headers.flat]).toEqual([2, ['if-none-match', '"v1"']]);
    slow.resolve();
    await settle();
    expect(await scene.ask()).toMatchObject({ text, exchange: { cached: 'hit' } });
  });

  it('is refreshed although its client has left', async () => {
    const scene = await withStale();
    const exchange = scene.open();
    scene.respond = async (asked) => {
      await settle(1);
      if (asked.aborted) throw asked.aborted;
      return respondWith(V1, 'new');
    };
    await scene.send(exchange);
    exchange.abort(new Error('left'));
    await settle();
    expect(await scene.ask()).toMatchObject({ text: 'new', exchange: { cached: 'hit' } });
  });

  it.each<[string, Respond]>([
    ['fails', () => { throw new Problem(problems.targetUnreachable, 'gone'); }],
    ['throws', () => { throw new Error('a bug'); }],
    ['is ill', () => respondWith({}, 'ill', 500)],
  ])('stays when the service %s, and is tried again after a second', async (_, respond) => {
    const scene = await withStale();
    scene.respond = respond;
    for (let i = 0; i < 3; i++) {
      expect(await scene.ask()).toMatchObject({ text: 'hello', exchange: { cached: 'stale' } });
      await settle();
    }
    expect(scene.calls).toHaveLength(2);
    scene.clock.advance(1_000);
    await scene.ask();
    await settle();
    expect([scene.calls.length, (scene.store as MemoryStore).leases.size]).toEqual([3, 0]);
  });

  it('is forgotten when the service does not want it stored any more', async () => {
    const scene = await withStale();
    scene.respond = () => respondWith({ 'cache-control': 'no-store' }, 'new');
    await scene.ask();
    await settle();
    expect((scene.store as MemoryStore).records.size).toBe(0);
  });

  it('is left to another instance that refreshes it', async () => {
    const scene = await withStale();
    const [key] = (scene.store as MemoryStore).records.keys();
    await scene.store.lease(key as string);
    await scene.ask();
    await settle();
    expect(scene.calls).toHaveLength(1);
  });

  it('is the answer without more ado where the client wants no other', async () => {
    const scene = await withStale();
    expect(await scene.ask({ headers: { 'Cache-Control': 'only-if-cached, max-stale' } })).toMatchObject({ text: 'hello', exchange: { cached: 'stale' } });
    await settle();
    expect(scene.calls).toHaveLength(1);
  });

  it('has no more than it can keep read for it', async () => {
    const scene = await withStale();
    Object.assign(scene.settings, { maxSize: 10 });
    scene.respond = () => respondWith(V1, 'x'.repeat(100));
    await scene.ask();
    await settle();
    expect(await scene.ask()).toMatchObject({ text: 'hello', exchange: { cached: 'stale' } });
  });
});
