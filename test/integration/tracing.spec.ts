import { request as httpRequest, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type SpanFigures } from '#libs/kernel';
import { echoService, type EchoService } from '#libs/testing';
import { Authority } from '../support/certificates.js';
import { gateway } from '../support/gateway.js';
import { SECRET, token } from '../support/jwt.js';
import type { ReceivedSpan } from '../support/otlp-decode.js';
import { grpcReceiver, otlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { closing, open, socketService } from '../support/websocket.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const HEAD = 'version: 1\nlog: { level: silent, access: off }\n';
const PASSWORD = 'hunter2-hunter2';

const traced = (collector: OtlpReceiver, sample = 'ratio: 1', more = ''): string =>
  `tracing: { export: { use: otlp-http, url: "${collector.url}", every: 10ms, timeout: 5s }, sample: { ${sample} }${more} }\n`;
const ROUTE = 'routes: { all: { match: { path: /a/** }, to: echo, authenticate: none } }';

const servers = (spans: readonly ReceivedSpan[]): ReceivedSpan[] => spans.filter(({ kind }) => kind === 'server');
const clients = (spans: readonly ReceivedSpan[]): ReceivedSpan[] => spans.filter(({ kind }) => kind === 'client').toSorted((a, b) => Number(a.start - b.start));
const isServer = ({ kind }: ReceivedSpan): boolean => kind === 'server';

let collector: OtlpReceiver;
beforeEach(async () => { collector = await otlpReceiver(); });
afterEach(async () => { await collector[Symbol.asyncDispose](); });

/** A service that fails as often as it is told, then answers. */
async function failing(times: number, status = 503): Promise<EchoService> {
  let left = times;
  return echoService((_request, response) => void response.writeHead(left-- > 0 ? status : 200).end('here'));
}

describe('O3: traces', () => {
  it('a SERVER span for the exchange, a CLIENT span for its try, both in the trace of the client', async () => {
    await using gw = await gateway(`info: { name: school, version: "2.1", environment: staging }\n${traced(collector, 'ratio: 0, parent: on', ', service: gateway, attributes: { team: platform, host.name: here }')}services: { echo: { targets: "\${ECHO}/base" } }\n${ROUTE}`);
    const before = BigInt(Date.now()) * 1_000_000n;
    const { seen } = await gw.fetch('/a/b?x=1', { method: 'POST', body: 'hello', headers: { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1', 'user-agent': 'spec/1' } });
    const spans = await collector.trace(TRACE, 2);
    const [server, client] = [servers(spans)[0], clients(spans)[0]] as [ReceivedSpan, ReceivedSpan];
    expect(spans).toHaveLength(2);
    expect(server).toMatchObject({ name: 'POST /a/**', parentSpanId: SPAN, status: 'unset', events: [], scope: 'passerelle' });
    expect(server.attributes).toEqual({
      'http.request.method': 'POST', 'http.route': '/a/**', 'url.path': '/a/b', 'url.scheme': 'http', 'server.address': '127.0.0.1', 'server.port': gw.port,
      'client.address': '127.0.0.1', 'network.peer.address': '127.0.0.1', 'network.protocol.version': '1.1', 'user_agent.original': 'spec/1',
      'http.response.status_code': 200, 'http.request.body.size': 5, 'http.response.body.size': expect.any(Number),
      'passerelle.request_id': expect.any(String), 'passerelle.route': 'all', 'passerelle.service': 'echo', 'passerelle.tries': 1,
    });
    expect(client).toMatchObject({ name: 'POST', parentSpanId: server.spanId, status: 'unset', events: [] });
    expect(client.attributes).toEqual({
      'http.request.method': 'POST', 'url.full': `${gw.echo.url}/base/a/b`, 'server.address': '127.0.0.1', 'server.port': Number(new URL(gw.echo.url).port),
      'http.response.status_code': 200, 'passerelle.service': 'echo', 'service.peer.name': 'echo',
    });
    expect(seen.headers).toMatchObject({ traceparent: `00-${TRACE}-${client.spanId}-01`, tracestate: 'a=1' });
    expect(server.start).toBeGreaterThanOrEqual(before - 1_000_000_000n);
    expect([server.start <= client.start, client.start < client.end, client.end <= server.end]).toEqual([true, true, true]);
    expect(server.resource).toMatchObject({
      'service.name': 'gateway', 'service.version': '2.1', 'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/), 'deployment.environment.name': 'staging', 'host.name': 'here', team: 'platform',
    });
  });

  it.each([
    // ratio, parent, flags the client sends, flags the service gets, whether spans come
    ['ratio: 1', null, '03', true],
    ['ratio: 0, errors: off', null, '02', false],
    ['ratio: 0, errors: off, parent: on', '01', '01', true],
    ['ratio: 0, parent: on', '03', '03', true],
    ['ratio: 1, parent: on', '00', '00', false],
    ['ratio: 1, parent: off', '00', '01', true],
    ['ratio: 1', '00', '01', true],
    ['ratio: 0, parent: off', '01', '00', false],
    ['ratio: 0, errors: off, slow: 1h', null, '02', false],
  ])('%s, a client that says %s: services are told %s', async (sample, flags, told, exported) => {
    await using gw = await gateway(`${traced(collector, sample)}${ROUTE}`);
    const sampled: boolean[] = [];
    const unsubscribe = events.exchangeClosed.subscribe((exchange) => sampled.push(exchange.sampled, exchange.spanId !== ''));
    const { seen } = await gw.fetch('/a/b', flags === null ? {} : { headers: { traceparent: `00-${TRACE}-${SPAN}-${flags}` } });
    const [, traceId = '', spanId, sent] = String(seen.headers['traceparent']).split('-');
    expect([sent, flags === null || traceId === TRACE]).toEqual([told, true]);
    if (exported) expect(clients(await collector.trace(traceId, 2)).map((span) => span.spanId)).toEqual([spanId]);
    while (sampled.length === 0) await sleep(5);
    unsubscribe();
    expect(sampled).toEqual([exported, exported]);
    await gw.gateway.close();
    expect(collector.spans).toHaveLength(exported ? 2 : 0);
  });

  it('the part of a ratio is chosen by trace id', async () => {
    await using gw = await gateway(`${traced(collector, 'ratio: 0.5, errors: off')}${ROUTE}`);
    const ids = await Promise.all(Array.from({ length: 60 }, async () => String((await gw.fetch('/a/b')).seen.headers['traceparent'])));
    const chosen = ids.filter((id) => id.endsWith('-03')).map((id) => id.slice(3, 35));
    await gw.gateway.close();
    expect(chosen.length).toBeGreaterThan(10);
    expect(chosen.length).toBeLessThan(50);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set(chosen));
    expect(chosen.every((id) => id.slice(18) >= '80000000000000')).toBe(true);
  });

  it.each([
    ['trusted-proxies', 'loopback', '01', '01'],
    ['trusted-proxies', 'loopback', '00', '00'],
    ['trusted-proxies', '10.0.0.0/8', '01', '00'],
    ['off', '10.0.0.0/8', '01', '00'],
  ])('parent: %s, where %s is trusted: of a client that says %s services are told %s, whatever id it chose', async (parent, trust, flags, told) => {
    await using gw = await gateway(`forwarded: { trust: [${trust}] }\n${traced(collector, `ratio: 0.000001, errors: off, parent: ${parent}`)}${ROUTE}`);
    const traceparent = `00-${'f'.repeat(32)}-${SPAN}-${flags}`;
    expect((await gw.fetch('/a/b', { headers: { traceparent } })).seen.headers['traceparent']).toMatch(new RegExp(`^00-f{32}-.{16}-${told}$`));
  });

  it('what fails is exported though nobody was told, and so is what is slow', async () => {
    await using broken = await failing(1, 500);
    await using slow = await echoService((_request, response) => void setTimeout(() => response.end('late'), 1_200));
    await using gw = await gateway(`${HEAD}${traced(collector, 'ratio: 0, slow: 1s')}services: { echo: { targets: "\${ECHO}" }, broken: { targets: "${broken.url}" }, slow: { targets: "${slow.url}" }, dead: { targets: "http://127.0.0.1:1" } }
routes: { ok: { match: { path: /ok }, to: echo, authenticate: none }, broken: { match: { path: /broken }, to: broken, authenticate: none }, slow: { match: { path: /slow }, to: slow, authenticate: none }, dead: { match: { path: /dead }, to: dead, authenticate: none } }`);
    for (const path of ['/ok', '/broken', '/slow', '/dead']) await gw.fetch(path);
    const spans = await collector.until(6);
    expect(broken.requests[0]?.headers['traceparent']).toMatch(/-02$/);
    const told = (path: string) => servers(spans).filter(({ attributes }) => attributes['url.path'] === path).map(({ attributes, status }) => [attributes['http.response.status_code'], attributes['error.type'], status]);
    expect([told('/ok'), told('/broken'), told('/slow'), told('/dead')]).toEqual([[], [[500, '500', 'error']], [[200, undefined, 'unset']], [[502, 'target-unreachable', 'error']]]);
    const of = (service: string) => clients(spans).filter(({ attributes }) => attributes['passerelle.service'] === service).map(({ attributes, status }) => [attributes['http.response.status_code'], attributes['error.type'], status]);
    expect([of('broken'), of('slow'), of('dead')]).toEqual([[[500, '500', 'error']], [[200, undefined, 'unset']], [[undefined, 'target-unreachable', 'error']]]);
    await gw.gateway.close();
    expect(collector.spans).toHaveLength(6);
  });

  it('a span that begins a trace has no parent, and a request that no route takes has no route', async () => {
    await using gw = await gateway(`${traced(collector)}${ROUTE}`);
    await gw.fetch('/nowhere?x=1', { method: 'PROPFIND' });
    const [span] = await collector.until(1);
    expect(span).toMatchObject({ kind: 'server', name: 'HTTP', parentSpanId: '', status: 'unset', attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND', 'http.response.status_code': 404, 'error.type': 'route-not-found' } });
    expect(Object.keys(span?.attributes ?? {})).not.toContain('http.route');
    expect(JSON.stringify(span?.attributes)).not.toContain('x=1');
  });
});

describe('O3: traces of several tries', () => {
  it('each retry is a CLIENT span of its own, whose id the service gets', async () => {
    await using service = await failing(2);
    await using gw = await gateway(`${HEAD}${traced(collector)}services: { echo: { targets: "${service.url}", retry: { attempts: 3, backoff: { base: 1ms }, status: [503], budget: off } } }\n${ROUTE}`);
    expect((await gw.fetch('/a')).status).toBe(200);
    const spans = await collector.until(4);
    expect(clients(spans).map(({ attributes, status }) => [attributes['http.response.status_code'], attributes['http.request.resend_count'], status])).toEqual([[503, undefined, 'error'], [503, 1, 'error'], [200, 2, 'unset']]);
    const [server] = servers(spans) as [ReceivedSpan];
    expect(clients(spans).map(({ parentSpanId }) => parentSpanId)).toEqual(Array.from({ length: 3 }, () => server.spanId));
    expect(service.requests.map(({ headers }) => headers['traceparent'])).toEqual(clients(spans).map(({ spanId, traceId }) => `00-${traceId}-${spanId}-03`));
    expect(server.attributes['passerelle.tries']).toBe(3);
    expect(server.events.map(({ attributes, name }) => [name, attributes['passerelle.service'], typeof attributes['passerelle.retry.delay_ms']])).toEqual([['passerelle.retry', 'echo', 'number'], ['passerelle.retry', 'echo', 'number']]);
    expect(server.events.every(({ at }) => at >= server.start && at <= server.end)).toBe(true);
  });

  it('a hedge shows both, and who was given up', async () => {
    const never = await echoService(() => {});
    await using quick = await echoService((_request, response) => void response.end('quick'));
    await using gw = await gateway(`${HEAD}${traced(collector)}services: { echo: { balance: { use: round-robin }, targets: ["${never.url}", "${quick.url}"], hedge: { after: 1s } } }\n${ROUTE}`);
    // Of two in a row one begins with the target that never answers.
    const [first, second] = [await gw.fetch('/a'), await gw.fetch('/a')];
    expect([first.text, second.text]).toEqual(['quick', 'quick']);
    const [hedged] = await collector.until(1, ({ events: decisions }) => decisions.length > 0);
    const spans = await collector.trace(hedged?.traceId as string, 3);
    expect(clients(spans).map(({ attributes, status }) => [attributes['passerelle.cancelled'], attributes['error.type'], status])).toEqual([['Another target was faster', undefined, 'unset'], [undefined, undefined, 'unset']]);
    expect(new Set([...never.requests, ...quick.requests].map(({ headers }) => headers['traceparent'])).size).toBe(3);
    expect(servers(spans)[0]?.events).toMatchObject([{ name: 'passerelle.hedge', attributes: { 'passerelle.hedge.outcome': 'won' } }]);
    await never.close();
  });

  it('a copy for another service ends when it ends', async () => {
    const held: ServerResponse[] = [];
    await using shadow = await echoService((_request, response) => void held.push(response));
    await using gw = await gateway(`${HEAD}${traced(collector)}services: { echo: { targets: "\${ECHO}" }, shadow: { targets: "${shadow.url}" } }
routes: { all: { match: { path: /a/** }, to: echo, authenticate: none, mirror: { to: shadow } } }`);
    await gw.fetch('/a');
    await collector.until(1, isServer);
    while (held.length === 0) await sleep(5);
    held[0]?.end('shadow');
    const spans = await collector.until(3);
    const [server] = servers(spans) as [ReceivedSpan];
    const copy = clients(spans).find(({ attributes }) => attributes['passerelle.mirrored'] === true) as ReceivedSpan;
    expect(copy).toMatchObject({ traceId: server.traceId, parentSpanId: server.spanId, attributes: { 'passerelle.service': 'shadow', 'http.response.status_code': 200 } });
    expect(copy.end).toBeGreaterThan(server.end);
    expect(shadow.requests[0]?.headers['traceparent']).toContain(copy.spanId);
    expect(clients(spans).map(({ spanId }) => spanId)).toHaveLength(2);
    expect(clients(spans).filter(({ attributes }) => attributes['passerelle.mirrored'] === undefined).map(({ attributes }) => attributes['passerelle.service'])).toEqual(['echo']);
  });

  it('the calls of an aggregate are spans of one exchange', async () => {
    const json = () => echoService((_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    await using a = await json();
    await using b = await json();
    await using gw = await gateway(`${HEAD}${traced(collector)}services: { a: { targets: "${a.url}" }, b: { targets: "${b.url}" } }
routes: { all: { match: { path: /a }, aggregate: { calls: { one: { to: a, path: /x }, two: { to: b, path: /y } } }, authenticate: none } }`);
    await gw.fetch('/a');
    const spans = await collector.until(3);
    expect(clients(spans).every(({ parentSpanId }) => parentSpanId === servers(spans)[0]?.spanId)).toBe(true);
    expect(new Set(clients(spans).map(({ attributes }) => attributes['url.full']))).toEqual(new Set([`${a.url}/x`, `${b.url}/y`]));
    expect(new Set([...a.requests, ...b.requests].map(({ headers }) => headers['traceparent']?.toString().slice(36, 52)))).toEqual(new Set(clients(spans).map(({ spanId }) => spanId)));
  });

  it('a WebSocket is one exchange, from its handshake to its end', async () => {
    await using service = await socketService();
    await using gw = await gateway(`${HEAD}${traced(collector, 'ratio: 1, slow: 1ms')}services: { echo: { targets: "${service.url}" } }\n${ROUTE}`);
    const socket = await open(`${gw.url}/a/ws`);
    socket.send('hello');
    await sleep(60);
    expect(collector.spans).toEqual([]);
    const end = closing(socket);
    socket.close(1000);
    await end;
    const spans = await collector.until(2);
    expect(servers(spans)).toMatchObject([{ name: 'GET /a/**', attributes: { 'http.response.status_code': 101, 'passerelle.upgrade': 'websocket' } }]);
    expect(clients(spans)).toMatchObject([{ parentSpanId: servers(spans)[0]?.spanId, attributes: { 'http.response.status_code': 101 }, status: 'unset' }]);
    expect(Number((clients(spans)[0] as ReceivedSpan).end - (clients(spans)[0] as ReceivedSpan).start)).toBeGreaterThan(50_000_000);
  });
});

describe('O3: what was decided on the way', () => {
  const of = async (path: string): Promise<ReceivedSpan> => (await collector.until(1, (span) => isServer(span) && span.attributes['url.path'] === path)).at(-1) as ReceivedSpan;

  it('by the cache, a limit, the breaker, a fallback, and whoever knows the caller', async () => {
    await using broken = await failing(Number.POSITIVE_INFINITY);
    await using cached = await echoService((_request, response) => void response.writeHead(200, { 'cache-control': 'max-age=60' }).end('kept'));
    await using gw = await gateway(`${HEAD}${traced(collector)}authenticate: { users: { use: jwt, secret: "\${SECRET}", algorithms: [HS256] } }
services: { echo: { targets: "\${ECHO}" }, cached: { targets: "${cached.url}" }, broken: { targets: "${broken.url}", breaker: { failures: 1, open: 1h } } }
routes:
  cached: { match: { path: /cached }, to: cached, authenticate: none, cache: {} }
  limited: { match: { path: /limited/** }, to: echo, authenticate: none, limit: { use: fixed-window, rate: 1/h, by: ip } }
  broken: { match: { path: /broken/** }, to: broken, authenticate: none }
  spared: { match: { path: /spared }, to: broken, authenticate: none, fallback: [{ status: 200, body: {} }] }
  guarded: { match: { path: /guarded/** }, to: echo }
`, { env: { SECRET } });
    const bearer = await token({ sub: '7', role: 'admin' });
    await gw.fetch('/cached');
    expect((await of('/cached')).attributes['passerelle.cache']).toBe('miss');
    await collector.until(2);
    collector.spans.length = 0;
    await gw.fetch('/cached');
    expect((await of('/cached')).attributes['passerelle.cache']).toBe('hit');
    for (const path of ['/limited/1', '/limited/2', '/broken/1', '/broken/2', '/spared', '/guarded/1']) await gw.fetch(path);
    await gw.fetch('/guarded/2', { headers: { authorization: `Bearer ${bearer}` } });
    expect((await of('/limited/1')).attributes).toMatchObject({ 'passerelle.limits': [expect.any(String)], 'http.response.status_code': 200 });
    expect((await of('/limited/2')).attributes).toMatchObject({ 'passerelle.limit.refused': expect.any(String), 'error.type': 'too-many-requests', 'http.response.status_code': 429 });
    expect((await of('/broken/2')).attributes).toMatchObject({ 'error.type': 'circuit-open', 'http.response.status_code': 503 });
    expect((await of('/spared')).attributes).toMatchObject({ 'passerelle.degraded': 'static', 'passerelle.failure': 'circuit-open', 'http.response.status_code': 200 });
    expect(await of('/guarded/1')).toMatchObject({ status: 'unset', attributes: { 'error.type': 'unauthenticated', 'http.response.status_code': 401 } });
    expect((await of('/guarded/2')).attributes).toMatchObject({ 'passerelle.authenticator': 'users', 'http.response.status_code': 200 });
    await gw.gateway.close();
    expect(clients(collector.spans).map(({ attributes }) => attributes['passerelle.service'])).toEqual(['echo', 'broken', 'echo']);
  });

  it('a client that leaves is told of, and is nobody’s failure', async () => {
    await using never = await echoService(() => {});
    await using gw = await gateway(`${HEAD}${traced(collector)}services: { echo: { targets: "${never.url}" } }\n${ROUTE}`);
    const leaving = httpRequest(`${gw.url}/a`).on('error', () => {}).end();
    while (never.requests.length === 0) await sleep(5);
    leaving.destroy();
    const spans = await collector.until(2);
    expect(spans.map(({ attributes, status }) => [attributes['error.type'], status])).toEqual([['client-closed-request', 'unset'], ['client-closed-request', 'unset']]);
    expect(servers(spans)[0]?.attributes['http.response.status_code']).toBe(499);
  });

  it('and never a credential, wherever it was sent', async () => {
    const bearer = await token({ sub: '7' });
    await using gw = await gateway(`${traced(collector, 'ratio: 1', ', query: on')}${ROUTE}`);
    const headers = { authorization: `Basic ${PASSWORD}`, cookie: `session=${PASSWORD}`, 'x-api-key': PASSWORD, 'user-agent': `x ${bearer}`, traceparent: `00-${TRACE}-${SPAN}-01` };
    await gw.fetch(`/a/${bearer}?token=${bearer}&password=${PASSWORD}&api_key=${PASSWORD}&x=1`, { headers });
    await gw.fetch(`/nowhere/${bearer}?code=${PASSWORD}`, { headers });
    await gw.fetch(`/a/%00?token=${bearer}`, { headers }).catch(() => null);
    const spans = await collector.trace(TRACE, 4);
    expect(spans.find(({ name }) => name === 'GET /a/**')?.attributes['url.query']).toBe('token=[redacted]&password=[redacted]&api_key=[redacted]&x=1');
    const sent = Buffer.concat(collector.deliveries.map(({ body }) => body)).toString('latin1');
    for (const secret of [bearer, bearer.split('.')[1] as string, PASSWORD]) expect(sent).not.toContain(secret);
  });
});

describe('O3: the way to the collector', () => {
  /** What becomes of spans. */
  function figures(): { last: () => SpanFigures; stop: () => void } {
    let last: SpanFigures = { exported: 0, dropped: 0, failed: 0 };
    const stop = events.spansChanged.subscribe((now) => { last = now; });
    return { last: () => last, stop };
  }

  const settled = async (holds: () => boolean): Promise<void> => {
    for (let i = 0; i < 1_000 && !holds(); i++) await sleep(10);
    expect(holds()).toBe(true);
  };

  it('exports nothing unless the file says so, and carries the context on', async () => {
    await using gw = await gateway(ROUTE);
    expect(events.exchangeClosing.heard).toBe(false);
    const { seen } = await gw.fetch('/a', { headers: { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1' } });
    expect(seen.headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-01$`));
    expect(seen.headers['tracestate']).toBe('a=1');
  });

  it.each([['otlp-http', otlpReceiver, '/v1/traces'], ['otlp-grpc', grpcReceiver, '/opentelemetry.proto.collector.trace.v1.TraceService/Export']])('%s: with headers and gzip, by what the file says alone', async (use, start, path) => {
    await using own = await start();
    await using stranger = await otlpReceiver();
    process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-stray=1';
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = stranger.url;
    try {
      await using gw = await gateway(`tracing: { export: { use: ${use}, url: "${own.url}", every: 10ms, compression: gzip, headers: { X-Key: "\${KEY}" } }, sample: { ratio: 1 } }\n${ROUTE}`, { env: { KEY: PASSWORD } });
      await gw.fetch('/a');
      const spans = await own.until(2);
      expect([servers(spans).length, clients(spans).length]).toEqual([1, 1]);
      expect(own.deliveries[0]).toMatchObject({ path, headers: { 'x-key': PASSWORD } });
      expect(own.deliveries[0]?.headers[use === 'otlp-http' ? 'content-encoding' : 'grpc-encoding']).toBe('gzip');
      expect(own.deliveries[0]?.headers).not.toHaveProperty('x-stray');
      expect([stranger.deliveries, process.env['OTEL_EXPORTER_OTLP_HEADERS']]).toEqual([[], 'x-stray=1']);
    } finally {
      delete process.env['OTEL_EXPORTER_OTLP_HEADERS'];
      delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    }
  });

  it.each([['otlp-http', otlpReceiver], ['otlp-grpc', grpcReceiver]])('%s: over TLS, to whom the file trusts', async (use, start) => {
    await using authority = await Authority.create();
    await using own = await start(await authority.issue());
    const count = figures();
    const file = (tls: string): string => `tracing: { export: { use: ${use}, url: "${own.url}", every: 10ms, timeout: 2s${tls} }, sample: { ratio: 1 } }\nservices: { echo: { targets: "\${ECHO}" } }\n${ROUTE}`;
    await using gw = await gateway(HEAD + file(''), { env: { CA: authority.cert } });
    await gw.fetch('/a');
    await settled(() => count.last().failed > 0);
    await gw.rewrite(HEAD + file(', tls: { ca: "${CA}" }'));
    await gw.fetch('/a');
    expect(await own.until(2)).toHaveLength(2);
    count.stop();
  });

  it('a collector that is away costs its spans, which are counted, and nothing else', async () => {
    const count = figures();
    await using gw = await gateway(`tracing: { export: { use: otlp-http, url: "${collector.url}", every: 10ms, timeout: 5s, queue: 4 }, sample: { ratio: 1 } }\n${ROUTE}`);
    collector.status = 500;
    await gw.fetch('/a');
    await settled(() => count.last().failed === 2);
    collector.status = 200;
    await gw.fetch('/a');
    await settled(() => count.last().exported === 2);
    const answers = await Promise.all(Array.from({ length: 200 }, () => gw.fetch('/a')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await gw.gateway.close();
    const { dropped, exported, failed } = count.last();
    expect([exported + dropped + failed, dropped > 0, exported]).toEqual([404, true, collector.spans.length]);
    count.stop();
  });

  it('a reload that changes it loses no span, and one that does not leaves it alone', async () => {
    await using other = await otlpReceiver();
    const file = (to: OtlpReceiver, route = ROUTE): string => `${HEAD}tracing: { export: { use: otlp-http, url: "${to.url}", every: 1h }, sample: { ratio: 1 } }\nservices: { echo: { targets: "\${ECHO}" } }\n${route}`;
    const held: ServerResponse[] = [];
    await using service = await echoService((request, response) => void (request.url === '/a/slow' ? held.push(response) : response.end('now')));
    await using gw = await gateway(file(collector), { echo: service });
    await gw.fetch('/a/1');
    const slow = gw.fetch('/a/slow');
    while (held.length === 0) await sleep(5);
    await gw.rewrite(file(collector, ROUTE.replace('/a/**', '/:rest/**')));
    await gw.fetch('/a/2');
    expect(collector.spans).toEqual([]);
    await gw.rewrite(file(other));
    await gw.fetch('/a/3');
    held[0]?.end('late');
    await slow;
    expect((await collector.until(2, isServer)).map(({ attributes }) => attributes['url.path'])).toEqual(['/a/1', '/a/2']);
    await gw.rewrite(`${HEAD}services: { echo: { targets: "\${ECHO}" } }\n${ROUTE}`);
    expect((await other.until(2, isServer)).map(({ attributes }) => attributes['url.path'])).toEqual(['/a/3', '/a/slow']);
    expect(clients(other.spans)).toHaveLength(2);
    expect(events.exchangeClosing.heard).toBe(false);
  });
});

