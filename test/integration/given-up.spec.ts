import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineBalancer, defineInterceptor, defineTransform, events, Problem, problems, type Exchange, type Target } from '#libs/kernel';
import { until } from '#libs/testing';
import { startGateway } from '../../src/bootstrap.js';
import { builtIns } from '../../src/extensions.js';
import { rawTarget } from '../support/raw-target.js';

/** Fails once the service has answered. */
const stumbling = defineInterceptor({
  name: 'stumbling', schema: z.strictObject({}),
  create: () => ({
    async intercept(exchange, next) {
      await next(exchange);
      throw new Error('stumbled');
    },
  }),
});

/** Those that wait for the test. */
const dawdles: PromiseWithResolvers<void>[] = [];

/** Goes on when the test says. */
const dawdling = defineInterceptor({
  name: 'dawdling', schema: z.strictObject({}),
  create: () => ({
    async intercept(exchange, next) {
      const dawdle = Promise.withResolvers<void>();
      dawdles.push(dawdle);
      await dawdle.promise;
      return next(exchange);
    },
  }),
});

/** Takes no answer but one. */
const picky = defineTransform({
  name: 'picky', schema: z.strictObject({}),
  create: () => ({
    response(_exchange, { headers }) {
      if (headers.get('x-fine') === undefined) throw new Problem(problems.badTargetResponse, 'not to my liking');
    },
  }),
});

/** Chooses well, and falls over what comes of it. */
const clumsy = defineBalancer({
  name: 'clumsy', schema: z.strictObject({}),
  create: () => ({
    pick: ([first]) => first as Target,
    answered() { throw new Error('fell over'); },
  }),
});

async function start(target: string, rest: string, services = '') {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-'));
  const file = join(folder, 'gateway.yaml');
  await writeFile(file, `version: 1\nlog: { level: silent, access: off }\nservices: { s: { targets: "${target}", concurrency: { max: 2 } }${services} }\nroutes: { r: { match: { path: /** }, to: s, authenticate: none${rest} } }\n`);
  const gateway = await startGateway({ file, env: {}, builtIns: [...builtIns, stumbling, dawdling, picky, clumsy], port: 0, host: '127.0.0.1' });
  return { url: gateway.url, [Symbol.asyncDispose]: async () => { await gateway.close(); await rm(folder, { recursive: true }); } };
}

async function closed(during: () => Promise<unknown>): Promise<Exchange> {
  const done = Promise.withResolvers<Exchange>();
  const stop = events.exchangeClosed.subscribe(done.resolve);
  await during();
  const exchange = await done.promise;
  stop();
  return exchange;
}

async function settled(holds: () => boolean): Promise<boolean> {
  for (let i = 0; i < 2_000 && !holds(); i++) await sleep(5);
  return holds();
}

describe('T16: an answer that cannot be given lets go of the service', () => {
  it.each([
    ['after an interceptor has failed', 'X-A: b', ', interceptors: [{ use: stumbling }]'],
  ])('%s', async (_what, field, rest) => {
    let gone = 0;
    await using target = await rawTarget((_head, socket) => {
      socket.once('close', () => { gone++; });
      socket.write(`HTTP/1.1 200 OK\r\n${field}\r\nContent-Length: 100\r\n\r\npart`);
    });
    await using gw = await start(target.url, rest);
    for (let i = 0; i < 3; i++) {
      const exchange = await closed(async () => expect((await fetch(gw.url)).status).toBe(500));
      expect(await settled(() => exchange.target?.inFlight === 0)).toBe(true);
    }
    expect(await settled(() => gone === 3)).toBe(true);
  });
});

describe('T15: a copy whose answer is refused', () => {
  it('leaves nothing open', async () => {
    let gone = 0;
    await using live = await rawTarget((_head, socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    await using shadow = await rawTarget((_head, socket) => {
      socket.once('close', () => { gone++; });
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart');
    });
    await using gw = await start(live.url, ', mirror: { to: o }', `, o: { targets: "${shadow.url}", balance: { use: clumsy } }`);
    expect(await (await fetch(gw.url)).text()).toBe('ok');
    expect(await settled(() => gone === 1)).toBe(true);
  });
});

describe('T10: a stand-in for an answer that cannot be given', () => {
  it.each([['the service', 'X-Fine: yes', 200], ['the stand-in', 'X-Bad: yes', 502]])('leaves nothing open when the answer of %s was refused', async (_what, field, status) => {
    let gone = 0;
    const answer = (line: string) => rawTarget((_head, socket) => {
      socket.once('close', () => { gone++; });
      socket.write(`HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 4\r\n\r\n${line === 'X-Fine: yes' ? 'done' : 'p'}`);
    });
    await using live = await answer('X-Bad: yes');
    await using other = await answer(field);
    await using gw = await start(live.url, ', transform: [{ use: picky }], fallback: [{ service: o }]', `, o: { targets: "${other.url}" }`);
    const exchange = await closed(async () => expect((await fetch(gw.url)).status).toBe(status));
    const broken = status === 200 ? 1 : 2;
    expect(await settled(() => gone >= broken)).toBe(true);
    expect(exchange.target?.inFlight).toBe(0);
  });
});

describe('T16: a client that left', () => {
  it('sends nothing to a service any more', async () => {
    let seen = 0;
    await using target = await rawTarget((_head, socket) => { seen++; socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'); });
    await using gw = await start(target.url, ', interceptors: [{ use: dawdling }]');
    // A connection stands, so that a request could leave at once.
    const first = await closed(async () => {
      const answer = fetch(gw.url);
      await until(() => dawdles.length > 0);
      dawdles.pop()?.resolve();
      await answer;
    });
    expect(first.status).toBe(200);
    const leaving = new AbortController();
    const exchange = await closed(async () => {
      const left = fetch(gw.url, { signal: leaving.signal }).catch(() => null);
      await until(() => dawdles.length > 0);
      leaving.abort();
      await left;
    });
    dawdles.pop()?.resolve();
    await sleep(200);
    expect([seen, exchange.status, exchange.tries]).toEqual([1, 499, 0]);
  });
});
