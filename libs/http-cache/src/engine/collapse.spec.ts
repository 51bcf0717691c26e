import { Answer, Problem, problems } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { MemoryStore } from '../memory-store.fixture.js';
import { read, respondLater, respondWith, Scene, settle, type Asked } from './scene.fixture.js';

const V1 = { 'cache-control': 'max-age=60', etag: '"v1"' };

/** Asks so many times at once. */
function crowd(scene: Scene, count: number, asked: (i: number) => Asked = () => ({})): Promise<Awaited<ReturnType<Scene['ask']>>[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => scene.ask(asked(i))));
}

/** How many requests ended how. */
function outcomes(answers: readonly { readonly exchange: { readonly cached: string | null } }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { exchange } of answers) counts[exchange.cached ?? 'none'] = (counts[exchange.cached ?? 'none'] ?? 0) + 1;
  return counts;
}

describe('a thousand at once', () => {
  it.each([{ slow: false }, { slow: true }])('are one call, with a store that is %j', async (kind) => {
    const { answer, body } = respondLater();
    const scene = new Scene({ store: new MemoryStore(kind), respond: () => answer });
    const asking = crowd(scene, 1_000);
    await settle();
    body.push(Buffer.from('one '));
    await settle();
    body.push(Buffer.from('two'));
    body.end();
    const answers = await asking;
    expect([scene.calls.length, new Set(answers.map(({ text }) => text)), scene.flights.size]).toEqual([1, new Set(['one two']), 0]);
    expect(outcomes(answers)).toEqual({ miss: 1, collapsed: 999 });
    expect(answers[1]?.headers.get('cache-status')).toBe('gw;fwd=uri-miss;ttl=60;collapsed');
    expect((scene.store as MemoryStore).leases.size).toBe(0);
  });

  it('of ten variants are ten calls at most', async () => {
    const scene = new Scene({ respond: async ({ headers }) => {
      await settle(1);
      return respondWith({ ...V1, vary: 'accept' }, String(headers.accept));
    } });
    const answers = await crowd(scene, 1_000, (i) => ({ headers: { Accept: `v${i % 10}` } }));
    expect(scene.calls).toHaveLength(10);
    for (const { exchange, text } of answers) expect(text).toBe(exchange.headers.accept);
  });

  it('are one validation', async () => {
    const scene = new Scene({ respond: () => respondWith(V1) });
    await scene.ask();
    scene.clock.advance(100_000);
    scene.respond = async () => {
      await settle(1);
      return respondWith(V1, '', 304);
    };
    expect(outcomes(await crowd(scene, 100, (i) => ({ headers: i % 2 ? { 'If-None-Match': '"v1"' } : {} })))).toEqual({ revalidated: 1, collapsed: 99 });
    expect(scene.calls).toHaveLength(2);
  });

  it.each<[string, Asked]>([
    ['wishes for something fresh', { headers: { 'Cache-Control': 'no-cache' } }],
    ['wants nothing stored', { headers: { 'Cache-Control': 'no-store' } }],
    ['asks with Pragma', { headers: { Pragma: 'no-cache' } }],
    ['asks for a part', { headers: { Range: 'bytes=0-1' } }],
    ['asks for the head', { method: 'HEAD' }],
  ])('wait for nobody who %s', async (_, asked) => {
    const scene = new Scene({ respond: () => settle(1).then(() => respondWith()) });
    const own = scene.ask(asked);
    expect(outcomes(await crowd(scene, 10))).toEqual({ miss: 1, collapsed: 9 });
    expect((await own).exchange.cached).toBe('miss');
    expect(scene.calls).toHaveLength(2);
  });

  it('each go by themselves where the route says so', async () => {
    const scene = new Scene({ respond: () => settle(1).then(() => respondWith()), settings: { collapse: 0 } });
    expect(outcomes(await crowd(scene, 10))).toEqual({ miss: 10 });
  });
});

describe('those who wait', () => {
  it.each<[string, () => Answer]>([
    ['is not to be stored', () => respondWith({ 'cache-control': 'no-store' })],
    ['is private', () => respondWith({ 'cache-control': 'private, max-age=60' })],
    ['is too large', () => respondWith({ ...V1, 'content-length': '2000' }, 'x'.repeat(2_000))],
  ])('go on at once when the answer %s, and the next ones do not wait at all', async (_, respond) => {
    const first = Promise.withResolvers<Answer>();
    const scene = new Scene({ settings: { maxSize: 1_000, collapse: 60_000 }, respond: (_exchange, call) => (call === 1 ? first.promise : respond()) });
    const asking = crowd(scene, 10);
    await settle();
    expect(scene.calls).toHaveLength(1);
    first.resolve(respond());
    expect(outcomes(await asking)).toEqual({ miss: 10 });
    const [later, next] = [Promise.withResolvers<Answer>(), scene.ask.bind(scene)];
    scene.respond = () => later.promise;
    const others = [next(), next()];
    await settle();
    expect(scene.calls).toHaveLength(12);
    later.resolve(respondWith());
    await Promise.all(others);
  });

  it('go on by themselves when the one who fetches fails', async () => {
    const scene = new Scene({ respond: async (_, call) => {
      await settle(1);
      if (call === 1) throw new Problem(problems.targetUnreachable, 'gone');
      return respondWith();
    } });
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => scene.ask()));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(scene.flights.size).toBe(0);
  });

  it.each(['before the answer', 'in the middle of it'])('send one of them when the client that fetches leaves %s', async (when) => {
    const { answer, body } = respondLater();
    const first = Promise.withResolvers<Answer>();
    const scene = new Scene({ respond: (_, call) => (call === 1 ? first.promise : settle(1).then(() => respondWith())) });
    const leaving = scene.open();
    const lost = scene.send(leaving).catch(() => null);
    await settle();
    const asking = crowd(scene, 50);
    await settle();
    const left = new Problem(problems.clientClosed, 'left');
    if (when === 'before the answer') {
      leaving.abort(left);
      first.reject(left);
    } else {
      first.resolve(answer);
      await lost;
      body.push(Buffer.from('par'));
      leaving.abort(left);
      body.fail(left);
    }
    expect(outcomes(await asking)).toEqual({ miss: 1, collapsed: 49 });
    expect(scene.calls).toHaveLength(2);
  });

  it('wait for so long and no longer', async () => {
    const first = Promise.withResolvers<Answer>();
    const scene = new Scene({ settings: { collapse: 20 }, respond: (_, call) => (call === 1 ? first.promise : respondWith()) });
    const slow = scene.ask();
    expect(outcomes(await crowd(scene, 3))).toEqual({ miss: 3 });
    first.resolve(respondWith());
    await slow;
  });

  it('do not when their own client leaves', async () => {
    const first = Promise.withResolvers<Answer>();
    const scene = new Scene({ respond: () => first.promise });
    const slow = scene.ask();
    await settle();
    const exchange = scene.open();
    const waiting = scene.send(exchange);
    exchange.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    expect(exchange.cached).toBe('miss');
    first.resolve(respondWith());
    await slow;
    expect(scene.calls).toHaveLength(1);
  });

  it('are not kept waiting by a slow client', async () => {
    let flowing = true;
    const { answer, body } = respondLater(undefined, { pause: () => (flowing = false), resume: () => (flowing = true), cancel: () => undefined });
    const scene = new Scene({ respond: () => answer });
    const slow = await scene.send(scene.open());
    slow.body?.attach({ write: () => false, end: () => undefined, fail: () => undefined });
    flowing = body.push(Buffer.from('one'));
    expect(flowing).toBe(false);
    const asking = crowd(scene, 3);
    await settle();
    expect(flowing).toBe(true);
    body.push(Buffer.from('two'));
    body.end();
    expect((await asking).map(({ text }) => text)).toEqual(['onetwo', 'onetwo', 'onetwo']);
  });

  it('are told from those whose answer would hardly be shared', async () => {
    const scene = new Scene({ respond: async ({ principal }) => {
      await settle(1);
      return respondWith(V1, principal?.id ?? 'nobody');
    } });
    const answers = await crowd(scene, 20, (i) => (i % 2 ? {} : { user: `user ${i}` }));
    // RFC 9111 3.5: what nobody asked for may be given to all, what somebody asked for to nobody else.
    for (const [i, { text }] of answers.entries()) expect(text === 'nobody' || text === `user ${i}`).toBe(true);
    expect(outcomes(answers.filter((_, i) => i % 2 === 1))).toEqual({ miss: 1, collapsed: 9 });
  });
});

describe('two instances', () => {
  function instances(): readonly [Scene, Scene] {
    const [store, clock] = [new MemoryStore({ slow: true }), new FakeClock()];
    const respond = (): Promise<Answer> => new Promise((resolve) => setTimeout(() => resolve(respondWith()), 60));
    return [new Scene({ store, clock, respond, seed: 1 }), new Scene({ store, clock, respond, seed: 2 })];
  }

  it('make one call', async () => {
    const [a, b] = instances();
    const answers = (await Promise.all([crowd(a, 50), crowd(b, 50)])).flat();
    expect([a.calls.length + b.calls.length, outcomes(answers)]).toEqual([1, { miss: 1, collapsed: 99 }]);
  });

  it('do not wait for each other in vain', async () => {
    const [a, b] = instances();
    a.respond = () => settle(1).then(() => respondWith({ 'cache-control': 'no-store' }));
    const answers = (await Promise.all([crowd(a, 1), crowd(b, 1)])).flat();
    expect(answers.map(({ text }) => text)).toEqual(['hello', 'hello']);
  });

  it('wait for so long and no longer', async () => {
    const [a, b] = instances();
    const never = Promise.withResolvers<Answer>();
    a.respond = () => never.promise;
    Object.assign(b.settings, { collapse: 50 });
    const stuck = a.ask();
    await settle();
    expect((await b.ask()).exchange.cached).toBe('miss');
    never.resolve(respondWith());
    await stuck;
  });

  it('give back the lease of a client that left', async () => {
    const [a, b] = instances();
    const exchange = b.open();
    const never = Promise.withResolvers<Answer>();
    a.respond = () => never.promise;
    const stuck = a.ask();
    await settle();
    const waiting = b.send(exchange);
    await settle();
    exchange.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    expect([b.flights.size, (b.store as MemoryStore).leases.size]).toEqual([0, 1]);
    never.resolve(respondWith());
    await stuck;
    await settle();
    expect((b.store as MemoryStore).leases.size).toBe(0);
  });
});

it('reads an answer only once for all', async () => {
  const scene = new Scene();
  const [first, second] = await Promise.all([scene.send(scene.open()), scene.send(scene.open())]);
  expect(await Promise.all([read(first), read(second)])).toMatchObject([{ text: 'hello' }, { text: 'hello' }]);
});
