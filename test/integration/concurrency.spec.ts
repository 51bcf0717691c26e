import type { ServerResponse } from 'node:http';
import { events, type Shed } from '#libs/kernel';
import { echoService, until, type EchoService } from '#libs/testing';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { closing, open, socketService } from '../support/websocket.js';

const HEAD = 'version: 1\nlog: { level: silent, access: off }\n';
const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;

/** A route for each priority, at `/low` and so on. */
const ROUTES = `routes: { ${PRIORITIES.map((priority) => `${priority}: { match: { path: /${priority}/** }, to: echo, authenticate: none, priority: ${priority} }`).join(', ')} }`;

const file = (url: string, concurrency: string, settings = ''): string =>
  `${HEAD}services: { echo: { targets: "${url}", concurrency: ${concurrency}${settings} } }\n${ROUTES}`;

/** Everybody may fill all of it. */
const ALIKE = 'shares: { high: 100%, normal: 100%, low: 100% }';

interface Patient extends EchoService {
  /** Requests that wait for an answer, oldest first. */
  readonly held: { readonly path: string; readonly response: ServerResponse }[];
  /** Answers those that wait, and all that follow. */
  release(): void;
}

/** A service that answers nobody until it is told to. */
async function patient(): Promise<Patient> {
  const held: Patient['held'] = [];
  let open = false;
  const service = await echoService((request, response) => {
    if (open) response.end('ok');
    else held.push({ path: request.url as string, response });
  });
  const release = (): void => {
    open = true;
    for (const { response } of held.splice(0)) response.end('ok');
  };
  return Object.assign(service, { held, release });
}

/** Sends so many requests, and waits until they are with the service. */
async function occupy(gw: TestGateway, service: Patient, count: number, path = '/critical/a'): Promise<Promise<Reply>[]> {
  const before = service.requests.length;
  const replies = Array.from({ length: count }, () => gw.fetch(path));
  await until(() => service.requests.length === before + count);
  return replies;
}

const metric = async (gw: TestGateway, name: string): Promise<number> =>
  Number(new RegExp(`^gateway_${name}{service="echo"} (\\S+)$`, 'm').exec((await gw.fetch('/metrics')).text)?.[1]);

const statuses = async (replies: readonly Promise<Reply>[]): Promise<number[]> => (await Promise.all(replies)).map(({ status }) => status);

describe('T16: a service has no more requests at once than it may', () => {
  it('keeps nothing free where no route matters more', async () => {
    await using service = await patient();
    const plain = `${HEAD}services: { echo: { targets: "${service.url}", concurrency: { max: 4 } } }\nroutes: { all: { match: { path: /** }, to: echo, authenticate: none } }`;
    await using gw = await gateway(plain, { echo: service });
    const taken = await occupy(gw, service, 4, '/a');
    expect((await gw.fetch('/a')).status).toBe(503);
    service.release();
    expect(await statuses(taken)).toEqual([200, 200, 200, 200]);
  });

  it('turns away what matters least first, says when to come back, and counts it', async () => {
    await using service = await patient();
    await using gw = await gateway(file(service.url, '{ max: 10 }'));
    const shed: Shed[] = [];
    const stop = events.requestShed.subscribe((one) => shed.push(one));
    const taken = [...await occupy(gw, service, 7, '/low/a')];
    expect((await gw.fetch('/low/a')).status).toBe(503);
    taken.push(...await occupy(gw, service, 2, '/normal/a'));
    const refused = await gw.fetch('/normal/a');
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'overloaded', detail: expect.stringContaining('echo') as unknown });
    expect(refused.headers['retry-after']).toMatch(/^[12]$/);
    expect(refused.headers['proxy-status']).toContain('connection_limit_reached');
    taken.push(...await occupy(gw, service, 1, '/critical/a'));
    expect((await gw.fetch('/critical/a')).status).toBe(503);
    stop();
    expect(shed.map(({ priority, service: name }) => [name, priority])).toEqual([['echo', 'low'], ['echo', 'normal'], ['echo', 'critical']]);
    expect((await gw.fetch('/metrics')).text).toContain('gateway_shed_total{service="echo",priority="low"} 1');
    expect([await metric(gw, 'concurrency_limit'), await metric(gw, 'concurrency_in_flight')]).toEqual([10, 10]);
    service.release();
    expect(await statuses(taken)).toEqual(Array(10).fill(200));
    expect((await gw.fetch('/low/a')).status).toBe(200);
  });

  it('lets them wait by priority, and then in turn', async () => {
    await using service = await patient();
    await using gw = await gateway(file(service.url, `{ max: 1, queue: 4, wait: 10s, ${ALIKE} }`));
    const replies = await occupy(gw, service, 1);
    for (const [i, path] of ['/low/1', '/normal/2', '/normal/3', '/critical/4'].entries()) {
      replies.push(gw.fetch(path));
      await until(async () => (await metric(gw, 'concurrency_queue')) === i + 1);
    }
    for (let i = 0; i < 5; i++) {
      await until(() => service.held.length === 1);
      service.held.pop()?.response.end('ok');
    }
    expect(await statuses(replies)).toEqual([200, 200, 200, 200, 200]);
    expect(service.requests.map(({ url }) => url)).toEqual(['/critical/a', '/critical/4', '/normal/2', '/normal/3', '/low/1']);
  });

  it('gives the place of the least to one that matters more when all are taken', async () => {
    await using service = await patient();
    await using gw = await gateway(file(service.url, `{ max: 1, queue: 1, wait: 10s, ${ALIKE} }`));
    const [first] = await occupy(gw, service, 1);
    const low = gw.fetch('/low/a');
    await until(async () => (await metric(gw, 'concurrency_queue')) === 1);
    const high = gw.fetch('/high/a');
    expect((await low).status).toBe(503);
    expect((await gw.fetch('/high/b')).status).toBe(503);
    service.release();
    expect(await statuses([first as Promise<Reply>, high])).toEqual([200, 200]);
  });

  it('lets nobody wait for longer than it may', async () => {
    await using service = await patient();
    await using gw = await gateway(file(service.url, `{ max: 1, queue: 1, wait: 40ms, ${ALIKE} }`));
    const [first] = await occupy(gw, service, 1);
    const refused = await gw.fetch('/normal/a');
    expect(refused.json()).toMatchObject({ code: 'overloaded' });
    expect(await metric(gw, 'concurrency_queue')).toBe(0);
    service.release();
    expect((await first)?.status).toBe(200);
  });

  it('takes a client that leaves out of the queue', async () => {
    await using service = await patient();
    await using gw = await gateway(file(service.url, `{ max: 1, queue: 5, wait: 10s, ${ALIKE} }`));
    const replies = await occupy(gw, service, 1);
    const leaving = new AbortController();
    const left = fetch(`${gw.url}/critical/left`, { signal: leaving.signal }).catch(() => null);
    await until(async () => (await metric(gw, 'concurrency_queue')) === 1);
    replies.push(gw.fetch('/normal/stays'));
    await until(async () => (await metric(gw, 'concurrency_queue')) === 2);
    leaving.abort();
    await left;
    await until(async () => (await metric(gw, 'concurrency_queue')) === 1);
    service.release();
    expect(await statuses(replies)).toEqual([200, 200]);
    expect(service.requests.map(({ url }) => url)).toEqual(['/critical/a', '/normal/stays']);
  });
});

describe('T16: a slot', () => {
  const ONE = `{ max: 1, ${ALIKE} }`;
  const free = (gw: TestGateway): Promise<true> => until(async () => (await metric(gw, 'concurrency_in_flight')) === 0);

  it('is taken until the answer has come, not only its header', async () => {
    await using service = await echoService((_request, response) => void response.write('first'));
    await using gw = await gateway(file(service.url, ONE));
    const leaving = new AbortController();
    const answer = await fetch(`${gw.url}/normal/a`, { signal: leaving.signal });
    expect(answer.status).toBe(200);
    expect((await gw.fetch('/critical/a')).status).toBe(503);
    leaving.abort();
    await free(gw);
  });

  it.each(['text/event-stream', 'multipart/x-mixed-replace; boundary=a'])('is not kept by a stream of %s', async (type) => {
    await using service = await echoService((_request, response) => void response.writeHead(200, { 'content-type': type }).write('data: 1\n\n'));
    await using gw = await gateway(file(service.url, ONE));
    const streams = [await fetch(`${gw.url}/normal/a`), await fetch(`${gw.url}/normal/a`)];
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    for (const { body } of streams) await body?.cancel();
  });

  it('is not kept by a WebSocket that stands', async () => {
    await using service = await socketService();
    await using gw = await gateway(file(service.url, ONE));
    const sockets = [await open(`${gw.url}/normal/a`), await open(`${gw.url}/normal/a`)];
    expect(await metric(gw, 'concurrency_in_flight')).toBe(0);
    await Promise.all(sockets.map((socket) => {
      socket.close();
      return closing(socket);
    }));
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['cuts the connection', (response) => response.destroy()],
    ['breaks off its answer', (response) => { response.writeHead(200, { 'content-length': 100 }).write('half'); setTimeout(() => response.destroy(), 20); }],
    ['answers 304', (response) => response.writeHead(304).end()],
    ['answers in full', (response) => response.end('x'.repeat(300_000))],
  ])('is handed back when the service %s', async (_how, answer) => {
    await using service = await echoService((_request, response) => answer(response));
    await using gw = await gateway(file(service.url, ONE));
    for (let i = 0; i < 3; i++) {
      await gw.fetch('/normal/a').catch(() => null);
      await free(gw);
    }
    expect(service.requests).toHaveLength(3);
  });

  it('is a request’s, however often it is tried', async () => {
    await using service = await echoService((_request, response) => response.writeHead(503).end('its own words'));
    await using gw = await gateway(file(service.url, ONE, ', retry: { attempts: 3, backoff: { base: 1ms } }'));
    expect((await gw.fetch('/normal/a')).text).toBe('its own words');
    expect(service.requests).toHaveLength(3);
  });

  it('stays taken over a reload', async () => {
    await using service = await patient();
    await using gw = await gateway(file(service.url, ONE));
    const [first] = await occupy(gw, service, 1);
    await gw.rewrite(file(service.url, ONE).replace('/low/**', '/lowest/**'));
    expect((await gw.fetch('/lowest/a')).status).toBe(503);
    expect(service.requests).toHaveLength(1);
    service.release();
    expect((await first)?.status).toBe(200);
    expect((await gw.fetch('/lowest/a')).status).toBe(200);
  });
});

describe('T16: a limit that is learned', () => {
  it('falls when the service says that it is too much, and stays over a reload', async () => {
    await using service = await echoService((_request, response) => void setTimeout(() => response.writeHead(429).end(), 5));
    const settings = '{ adaptive: { initial: 40, min: 2 } }';
    await using gw = await gateway(file(service.url, settings));
    expect(await metric(gw, 'concurrency_limit')).toBe(40);
    await until(async () => {
      await Promise.all(Array.from({ length: 10 }, () => gw.fetch('/critical/a')));
      return (await metric(gw, 'concurrency_limit')) < 20;
    });
    const learned = await metric(gw, 'concurrency_limit');
    await gw.rewrite(file(service.url, settings).replace('/low/**', '/lowest/**'));
    expect(await metric(gw, 'concurrency_limit')).toBe(learned);
    await gw.rewrite(file(service.url, settings.replace('40', '30')));
    expect(await metric(gw, 'concurrency_limit')).toBe(30);
  }, 60_000);

  it('rises while the service answers quickly', async () => {
    // Quickly, but not so much that a busy machine is what is seen of it.
    await using service = await echoService((_request, response) => void setTimeout(() => response.end('ok'), 40));
    await using gw = await gateway(file(service.url, '{ adaptive: { initial: 4, min: 2 } }'));
    await until(async () => {
      await Promise.all(Array.from({ length: 20 }, () => gw.fetch('/critical/a')));
      return (await metric(gw, 'concurrency_limit')) >= 6;
    });
  }, 60_000);
});

describe('T16: mistakes in the file', () => {
  it.each([
    ['{ queue: 1 }', 'expected either `max` or `adaptive`'],
    ['{ max: 1, adaptive: {} }', 'expected either `max` or `adaptive`'],
    ['{ max: 0 }', 'concurrency.max'],
    ['{ adaptive: { min: 10, initial: 5 } }', '`min` <= `initial` <= `max`'],
    ['{ max: 5, shares: { low: 80%, normal: 60% } }', '`low` <= `normal` <= `high`'],
  ])('%s', async (concurrency, message) => {
    await expect(gateway(file('http://localhost:1', concurrency))).rejects.toThrow(message);
  });
});
