import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type Exchange, type Hedged } from '#libs/kernel';
import { echoService, until, type EchoService } from '#libs/testing';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { closing, open, socketService } from '../support/websocket.js';

const HEAD = 'version: 1\nlog: { level: silent, access: off }\n';
const ROUTE = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none } }';
/** Whatever is slow is sent again, at once. */
const HEDGE = 'hedge: { after: 20ms }, retry: { attempts: 2, methods: [], status: [502, 503, 504], budget: 100% }';
/** Far longer than any test waits for it. */
const NEVER = 60_000;

interface Speedy extends EchoService {
  /** Milliseconds until it answers. */
  delay: number;
  status: number;
  /** Requests that were given up before they were answered. */
  aborted: number;
}

/** A service that says its name, and when a client leaves it. */
async function speedy(name: string, delay: number, status = 200): Promise<Speedy> {
  const listener: RequestListener = (request, response) => {
    request.resume();
    const timer = setTimeout(() => response.writeHead(service.status).end(name), service.delay);
    response.on('close', () => {
      clearTimeout(timer);
      if (!response.writableFinished) service.aborted++;
    });
  };
  const service = Object.assign(await echoService(listener), { delay, status, aborted: 0 });
  return service;
}

const file = (targets: readonly string[], settings = HEDGE, routes = ROUTE): string =>
  `${HEAD}services: { echo: { balance: { use: round-robin }, targets: [${targets.map((url) => `"${url}"`).join(', ')}], ${settings} } }\n${routes}`;

async function replies(gw: TestGateway, count: number, path = '/a'): Promise<Reply[]> {
  const seen: Reply[] = [];
  for (let i = 0; i < count; i++) seen.push(await gw.fetch(path));
  return seen;
}

/** What races come to while `during` runs. */
async function outcomes(during: () => Promise<unknown>): Promise<Hedged['outcome'][]> {
  const seen: Hedged['outcome'][] = [];
  const stop = events.requestHedged.subscribe(({ outcome }) => seen.push(outcome));
  try {
    await during();
  } finally {
    stop();
  }
  return seen;
}

describe('T16: hedging', () => {
  it('no client meets the one slow target of three, and what was sent there is given up', async () => {
    await using slow = await speedy('slow', NEVER);
    await using a = await speedy('fast', 0);
    await using b = await speedy('fast', 0);
    await using gw = await gateway(file([slow.url, a.url, b.url]));
    const seen = await outcomes(async () => {
      for (const { status, text } of await replies(gw, 30)) expect([status, text]).toEqual([200, 'fast']);
    });
    expect(slow.requests.length).toBeGreaterThan(5);
    await until(() => slow.aborted === slow.requests.length);
    // On a busy machine one of the fast targets may be late as well.
    expect(seen.length).toBeGreaterThanOrEqual(slow.requests.length);
    expect(seen).not.toContain('failed');
    const won = seen.filter((outcome) => outcome === 'won');
    expect((await gw.fetch('/metrics')).text).toContain(`gateway_hedges_total{service="echo",outcome="won"} ${won.length}`);
  });

  it('learns from the service itself what slow is', async () => {
    await using slow = await speedy('slow', 0);
    await using fast = await speedy('fast', 0);
    await using gw = await gateway(file([slow.url, fast.url], 'hedge: { after: p90, minRequests: 30 }'));
    expect(await outcomes(() => replies(gw, 30))).toEqual([]);
    slow.delay = NEVER;
    // What is known holds for a quarter of a second.
    await sleep(260);
    expect(await outcomes(() => replies(gw, 10))).toContain('won');
    expect(slow.aborted).toBeGreaterThan(0);
  });

  it('takes the first answer when that is faster after all', async () => {
    await using first = await speedy('first', 300);
    await using second = await speedy('second', NEVER);
    await using gw = await gateway(file([first.url, second.url]));
    const lost = await outcomes(async () => expect((await gw.fetch('/a')).text).toBe('first'));
    expect(lost).toEqual(['lost']);
    await until(() => second.aborted === 1);
  });

  it('does not let a failure win while the other target may still answer', async () => {
    await using first = await speedy('first', 300);
    await using second = await speedy('second', 0, 503);
    await using gw = await gateway(file([first.url, second.url]));
    expect(await outcomes(async () => expect((await gw.fetch('/a')).text).toBe('first'))).toEqual(['lost']);
    first.status = 502;
    second.delay = 300;
    // Round robin begins with the second one now.
    const failed = await outcomes(async () => expect((await gw.fetch('/a')).status).toBe(503));
    expect(failed).toEqual(['failed']);
  });

  it('adds up the tries, and says which target it was', async () => {
    await using slow = await speedy('slow', NEVER);
    await using fast = await speedy('fast', 0);
    await using gw = await gateway(file([slow.url, fast.url]));
    const closed: Exchange[] = [];
    const stop = events.exchangeClosed.subscribe((exchange) => closed.push(exchange));
    await gw.fetch('/a');
    await until(() => closed.length === 1);
    stop();
    expect([closed[0]?.tries, closed[0]?.target?.url.href]).toEqual([2, `${fast.url}/`]);
    await until(() => slow.aborted === 1);
    expect(closed[0]?.service?.targets.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it('brings a large answer over whole', async () => {
    const text = 'abc'.repeat(400_000);
    await using slow = await speedy('slow', NEVER);
    await using fast = await echoService((_request, response) => response.end(text));
    await using gw = await gateway(file([slow.url, fast.url]));
    expect((await gw.fetch('/a')).text).toBe(text);
  });

  it('stops on both sides when the client leaves', async () => {
    await using a = await speedy('a', NEVER);
    await using b = await speedy('b', NEVER);
    await using gw = await gateway(file([a.url, b.url]));
    const leaving = new AbortController();
    const left = fetch(`${gw.url}/a`, { signal: leaving.signal }).catch(() => null);
    await until(() => a.requests.length + b.requests.length === 2);
    leaving.abort();
    await left;
    await until(() => a.aborted === 1 && b.aborted === 1);
  });

  it('holds nothing against a target that lost', async () => {
    await using slow = await speedy('slow', NEVER);
    await using fast = await speedy('fast', 0);
    await using gw = await gateway(file([slow.url, fast.url], `${HEDGE}, health: { passive: { failures: 1 } }, breaker: { failures: 1 }`));
    await replies(gw, 6);
    expect(slow.requests.length).toBeGreaterThanOrEqual(3);
    expect((await gw.fetch('/metrics')).text).toContain('gateway_targets{service="echo",state="out"} 0');
  });
});

describe('T16: hedging leaves alone', () => {
  const slowPair = async (): Promise<[Speedy, Speedy]> => [await speedy('a', 60), await speedy('b', 60)];

  it.each<[string, string, string, { method?: string; body?: string }]>([
    ['methods that are not listed', HEDGE, ROUTE, { method: 'POST' }],
    ['bodies that stream', HEDGE.replace('20ms', '20ms, methods: [PUT]'), ROUTE, { method: 'PUT', body: 'once' }],
    ['routes that say off', HEDGE, ROUTE.replace('none', 'none, hedge: off'), {}],
  ])('%s', async (_what, settings, routes, request) => {
    const [one, two] = await slowPair();
    await using a = one;
    await using b = two;
    await using gw = await gateway(file([a.url, b.url], settings, routes));
    expect((await gw.fetch('/a', request)).status).toBe(200);
    expect(a.requests.length + b.requests.length).toBe(1);
  });

  it.each<[string, (a: string, b: string) => string]>([
    ['a single target', (a) => file([a])],
    ['a target whose siblings are only a reserve', (a, b) => file([]).replace('[]', `[{ url: "${a}" }, { url: "${b}", priority: 1 }]`)],
    ['a service that has all the requests it may have', (a, b) => file([a, b], `${HEDGE}, concurrency: { max: 1 }`)],
  ])('%s', async (_what, yaml) => {
    const [one, two] = await slowPair();
    await using a = one;
    await using b = two;
    await using gw = await gateway(yaml(a.url, b.url));
    expect((await replies(gw, 2)).map(({ status }) => status)).toEqual([200, 200]);
    expect(a.requests.length + b.requests.length).toBe(2);
  });

  it('WebSockets', async () => {
    await using a = await socketService();
    await using b = await socketService();
    await using gw = await gateway(file([a.url, b.url], HEDGE.replace('20ms', '1ms')));
    const socket = await open(`${gw.url}/a`);
    socket.close();
    await closing(socket);
  });

  it.each([['its own tenth', '', 15], ['what its retries leave', ', retry: { budget: { share: 10%, minimum: 0 } }', 6]])('what is over %s', async (_what, retry, most) => {
    await using slow = await speedy('slow', 300);
    await using fast = await speedy('fast', 0);
    await using gw = await gateway(file([slow.url, fast.url], `hedge: { after: 10ms }${retry}`));
    const seen = await outcomes(() => Promise.all(Array.from({ length: 50 }, () => gw.fetch('/a'))));
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.length).toBeLessThanOrEqual(most);
  });
});

describe('T16: hedging in the file', () => {
  it('gives back the slot that another target took', async () => {
    await using slow = await speedy('slow', NEVER);
    await using fast = await speedy('fast', 0);
    await using gw = await gateway(file([slow.url, fast.url], `${HEDGE}, concurrency: { max: 2, shares: { low: 90% } }`));
    expect((await replies(gw, 10)).map(({ text }) => text)).toEqual(Array(10).fill('fast'));
    const { text } = await gw.fetch('/metrics');
    expect(text).toContain('gateway_concurrency_in_flight{service="echo"} 0');
  });

  it.each([['after: p20', 'p50'], ['after: 100', 'a duration such as'], ['max: 0', 'hedge.max'], ['methods: [get]', 'upper-case']])('%s is refused', async (settings, message) => {
    await expect(gateway(file(['http://localhost:1'], `hedge: { ${settings} }`))).rejects.toThrow(message);
  });
});
