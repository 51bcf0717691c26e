import { echoService } from '#libs/testing';
import { gateway } from '../../support/gateway.js';

const OPEN = 'defaults: { authenticate: none }\n';

/** 13: what a client is sent of a service's header, and what it is not. */
export async function responseHeaders(): Promise<void> {
  const echo = await echoService((_request, response) => response.writeHead(200, { 'x-upstream-addr': '10.0.0.1:8001', 'access-control-allow-origin': '*', server: 'x', etag: '"a"', 'x-frame-options': 'ALLOW' }).end('{}'));
  await using gw = await gateway(`${OPEN}routes:
  listed: { match: { path: /listed }, to: echo, headers: { response: { mode: list, allow: [ETag] } }, securityHeaders: { X-Frame-Options: DENY, X-XSS-Protection: 1; mode=block, Referrer-Policy: null } }
  cut: { match: { path: /cut }, to: echo, cors: { origins: https://app.example.org }, headers: { response: { drop: [X-Upstream-Addr], set: { X-Service: "{service.name}" } } } }`, { echo });
  const listed = (await gw.fetch('/listed')).headers;
  expect(listed).toMatchObject({ etag: '"a"', 'x-frame-options': 'DENY', 'x-xss-protection': '1; mode=block', 'x-content-type-options': 'nosniff' });
  for (const name of ['x-upstream-addr', 'server', 'referrer-policy']) expect(listed).not.toHaveProperty(name);
  const cut = (await gw.fetch('/cut', { headers: { origin: 'https://evil.example.org' } })).headers;
  expect(cut['x-service']).toBe('echo');
  for (const name of ['x-upstream-addr', 'access-control-allow-origin']) expect(cut).not.toHaveProperty(name);
}

/** 14: ids of requests in each platform's form; how long it took. */
export async function ids(): Promise<void> {
  for (const [setting, sent, id] of [
    ['{ trust: client, format: hex32 }', 'req_1_ab', /^req_1_ab$/], ['{ trust: generate, format: hex8, upstream: [X-Gateway-Request-ID, X-Request-ID] }', 'mine', /^[\da-f]{8}$/], ['{ trust: generate, format: hex32, answer: X-Id }', 'mine', /^[\da-f]{32}$/],
  ] as const) {
    await using gw = await gateway(`${OPEN}requestId: ${setting}\nresponseTime: { header: X-Process-Time, unit: s, decimals: 3 }\nroutes: { r: { match: { path: /r }, to: echo } }`);
    const answer = await gw.fetch('/r', { headers: { 'x-request-id': sent } });
    const answered = String(answer.headers['x-request-id'] ?? answer.headers['x-id']);
    expect(answered).toMatch(id);
    expect([answer.seen.headers['x-request-id'], answer.seen.headers['x-gateway-request-id']]).toContain(answered);
    expect(answer.headers['x-process-time']).toMatch(/^\d\.\d{3}$/);
  }
}

/** 15: the envelopes of the platforms, also for problems of our own. */
export async function envelopes(): Promise<void> {
  await using gw = await gateway(`${OPEN}services: { echo: { targets: "\${ECHO}" }, away: { targets: "http://127.0.0.1:1" } }
policies:
  meetinity: { errors: { body: { error: { code: "{status}", message: "{title}" }, message: "{detail}" }, only: { target-unreachable: { status: 502 } } } }
  presencepro: { errors: { body: { detail: "{message}" }, only: { target-unreachable: { status: 503, message: Service indisponible }, 413: { contentType: text/plain, body: Trop grand } } } }
  supersmartmatch: { errors: { body: { error: true, message: "{message}", code: "{code}", status_code: "{status}", path: "{path}" }, only: { target-unreachable: { status: 503, message: "Service {service} indisponible", body: { error: true, message: "Service {service} indisponible" } } } } }
routes:
  m: { match: { path: /m }, to: away, use: meetinity }
  p: { match: { path: /p }, to: away, use: presencepro, body: { limit: 1b } }
  s: { match: { path: /s }, to: away, use: supersmartmatch }
  s405: { match: { path: /s405, methods: [GET] }, to: echo, use: supersmartmatch }`);
  const told = async (path: string, init = {}): Promise<unknown> => {
    const answer = await gw.fetch(path, init);
    return [answer.status, answer.text.startsWith('{') ? answer.json() : answer.text];
  };
  expect(await told('/m')).toEqual([502, { error: { code: 502, message: expect.any(String) }, message: expect.any(String) }]);
  expect(await told('/p')).toEqual([503, { detail: 'Service indisponible' }]);
  expect(await told('/p', { method: 'POST', body: 'xx' })).toEqual([413, 'Trop grand']);
  expect(await told('/s')).toEqual([503, { error: true, message: 'Service away indisponible' }]);
}

/** 18: each limit of time, with the status of the platform. */
export async function timeouts(): Promise<void> {
  await using slow = await echoService(() => {});
  await using gw = await gateway(`services: { slow: { targets: "${slow.url}" } }
defaults: { authenticate: none, timeout: { connect: 2s, firstByte: 30ms, idle: 10s, total: 10s } }
routes:
  standard: { match: { path: /p }, to: slow }
  meetinity: { match: { path: /m }, to: slow, errors: { body: { error: "Bad Gateway" }, only: { first-byte-timeout: { status: 502 } } } }
  upload: { match: { path: /upload }, to: slow, timeout: { firstByte: off, total: 60ms } }`);
  expect([(await gw.fetch('/p')).status, (await gw.fetch('/m')).status, (await gw.fetch('/upload')).json()]).toEqual([504, 502, expect.objectContaining({ status: 504, code: 'total-timeout' })]);
}

/** 24: CORS on every answer, 401 and 429 too; a plain OPTIONS. */
export async function cors(): Promise<void> {
  await using gw = await gateway(`defaults: { cors: { origins: [http://localhost:3000, "https://*.github.io"], credentials: true, headers: echo, expose: [X-Request-ID, Content-Disposition, X-RateLimit-Limit], maxAge: 10m } }
authenticate: { users: { use: jwt, secret: "0123456789abcdef0123456789abcdef", algorithms: [HS256] } }
routes:
  closed: { match: { path: /closed, methods: [GET] }, to: echo }
  limited: { match: { path: /limited }, to: echo, authenticate: none, limit: 1/h }`);
  const allowed = async (path: string, origin: string, init: { method?: string; headers?: Record<string, string> } = {}): Promise<unknown> => {
    const { headers, status } = await gw.fetch(path, { ...init, headers: { origin, ...init.headers } });
    return [status, headers['access-control-allow-origin']];
  };
  const origin = 'http://localhost:3000';
  await gw.fetch('/limited');
  expect(await allowed('/closed', origin)).toEqual([401, origin]);
  expect(await allowed('/limited', origin)).toEqual([429, origin]);
  expect(await allowed('/nothing', 'https://bapt252.github.io')).toEqual([404, 'https://bapt252.github.io']);
  expect(await allowed('/closed', 'https://evil.example.org')).toEqual([401, undefined]);
  expect(await allowed('/closed', origin, { method: 'OPTIONS' })).toEqual([204, origin]);
  const preflight = await gw.fetch('/closed', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-client-version, x-client-platform' } });
  expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-credentials': 'true', 'access-control-max-age': '600', 'access-control-allow-headers': 'x-client-version, x-client-platform' } });
}
