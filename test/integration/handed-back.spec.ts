import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { events } from '#libs/kernel';
import { echoService, seededRandom } from '#libs/testing';
import { ServiceDirectory, type LiveService } from '../../src/services/index.js';
import { gateway } from '../support/gateway.js';
import { http2Service } from '../support/http2.js';

const REQUESTS = 600;
const CLIENTS = 30;
const random = seededRandom(1);
const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;

/** What a service may do with a request; the most ordinary thing at the beginning. */
const MOODS: readonly RequestListener[] = [
  (_request, response) => void response.end('{"a":1}'),
  (_request, response) => void setTimeout(() => response.end('{"a":1}'), 5 + random() * 100),
  (_request, response) => void response.writeHead(503).end('{}'),
  (_request, response) => void response.writeHead(302, { location: '/other' }).end('moved'),
  (_request, response) => void response.end(Buffer.alloc(300_000, 'x')),
  (_request, response) => void response.writeHead(pick([200, 503]), { 'content-length': 100 }).write('stalled'),
  (_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n'),
  (request) => void setTimeout(() => request.socket.destroy(), random() * 30),
  (request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half');
    setTimeout(() => request.socket.destroy(), 10);
  },
];

const moody = () => echoService((incoming, response) => {
  if (random() < 0.5) incoming.resume();
  (random() < 0.2 ? MOODS[0] as RequestListener : pick(MOODS))(incoming, response);
});

/** The same over HTTP/2. */
const moodyHttp2 = () => http2Service((stream, _headers, session) => {
  const answer = (status: number, text: string): void => {
    if (stream.destroyed) return;
    stream.respond({ ':status': status });
    stream.end(text);
  };
  const stall = (): void => { stream.respond({ ':status': 200, 'content-length': 100 }); stream.write('x'); };
  pick([
    () => answer(200, '{}'), () => answer(200, '{}'), () => answer(503, '{}'), () => void setTimeout(() => answer(200, '{}'), 60),
    () => stream.close(2), () => stream.close(7), stall, () => { stall(); setTimeout(() => stream.close(8), 10); },
    () => void setTimeout(() => session.destroy(), 5), () => session.goaway(0),
  ])();
});

const file = ([a, b, c, d, h]: readonly string[], max: number): string => `version: 1
log: { level: silent, access: off }
defaults: { timeout: { connect: 200ms, firstByte: 80ms, idle: 80ms, total: 300ms, stream: 200ms } }
services:
  x:
    targets: [${a}, ${b}]
    concurrency: { max: ${max}, queue: 4, wait: 20ms }
    breaker: { failures: 50, open: 10ms }
    retry: { attempts: 3, backoff: { use: exponential, base: 5ms, max: 20ms }, budget: off }
    hedge: { after: 15ms, max: 2, methods: [GET, POST] }
    health: { passive: { failures: 5, eject: 20ms } }
  y: { targets: [${c}], concurrency: { adaptive: { initial: 6 }, queue: 3, wait: 20ms } }
  z: { targets: [${d}], concurrency: { max: 6 }, breaker: { failures: 5, open: 20ms } }
  h: { targets: [${h}], protocol: http2, connections: { max: 2, streams: 3 }, concurrency: { max: 8, queue: 4, wait: 20ms }, retry: { attempts: 2, budget: off }, hedge: { after: 10ms } }
routes:
  a: { match: { path: /a/**, methods: [GET, POST] }, to: x, authenticate: none, redirects: follow, fallback: [{ service: y }, { service: h }, { status: 503, body: {} }], mirror: { to: z, maxInFlight: 6, timeout: 200ms }, compression: { minSize: 1B } }
  b: { match: { path: /b/** }, to: y, authenticate: none, split: { by: random, variants: { p: { weight: 1 }, q: { to: h, weight: 1 }, r: { to: x, weight: 1 } } }, transform: [{ use: json-body, on: response, set: { k: 1 }, max: 100KiB }] }
  c: { match: { path: /c/** }, authenticate: none, aggregate: { max: 100KiB, calls: { a: { to: x, path: /a, timeout: 50ms }, b: { to: y, path: /b, required: true, timeout: 100ms }, c: { to: h, path: /c, required: true, timeout: 100ms } } } }
  d: { match: { path: /d/** }, to: h, authenticate: none, fallback: [{ service: x }] }
`;

/** A request of a client that may leave at any moment; what becomes of it is not the point, only that it ends. */
async function ask(url: string, agent: Agent): Promise<void> {
  const body = random() < 0.3 ? Buffer.alloc(pick([5, 50_000]), 'y') : null;
  const patience = random() < 0.4 ? random() * 120 : 3_000;
  const answer = await request(`${url}/${pick(['a', 'b', 'c', 'd'])}/q`, {
    dispatcher: agent, method: body === null ? 'GET' : 'POST', body, headers: { 'accept-encoding': pick(['gzip', 'identity']) }, signal: AbortSignal.timeout(Math.ceil(patience)),
  }).catch(() => null);
  await answer?.body.dump({ limit: Number.POSITIVE_INFINITY }).catch(() => {});
}

const held = ({ bulkhead, targets }: LiveService): number => targets.reduce((sum, { inFlight }) => sum + inFlight, (bulkhead?.inFlight ?? 0) + (bulkhead?.waiting ?? 0));

it('T16: whatever services and clients do, and over reloads, every slot is handed back and every exchange is closed', async () => {
  await using a = await moody();
  await using b = await moody();
  await using c = await moody();
  await using d = await moody();
  await using h = await moodyHttp2();
  const urls = [a, b, c, d, h].map(({ url }) => url);
  await using gw = await gateway(file(urls, 6));
  const known = new Set<LiveService>();
  const remember = (): void => { for (const service of gw.gateway.app.get(ServiceDirectory).services.values()) known.add(service); };
  remember();
  let open = 0;
  const stops = [events.exchangeOpened.subscribe(() => { open++; }), events.exchangeClosed.subscribe(() => { open--; })];
  const agent = new Agent({ connections: 60 });
  let left = REQUESTS;
  const client = async (): Promise<void> => { while (left-- > 0) await ask(gw.url, agent); };
  const reloads = async (): Promise<void> => {
    for (let i = 1; i < 4; i++) {
      await sleep(400);
      await gw.rewrite(file(urls, 6 + (i % 2)));
      remember();
    }
  };
  await Promise.all([reloads(), ...Array.from({ length: CLIENTS }, client)]);
  await agent.destroy();
  const total = (): number => [...known].reduce((sum, service) => sum + held(service), open);
  for (let i = 0; i < 1_500 && total() > 0; i++) await sleep(10);
  for (const stop of stops) stop();
  expect([...known].filter((service) => held(service) > 0).map(({ name }) => name)).toEqual([]);
  expect(open).toBe(0);
  expect(known.size).toBeGreaterThan(8);
}, 120_000);
