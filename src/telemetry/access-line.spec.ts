import { Exchange, Problem, problems, type Principal, type Route, type Target } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { compileAccessLine } from './access-line.js';
import type { LineConfig } from './line-config.js';

const PLAIN: LineConfig = { query: false, headers: [], redact: [], names: {}, rest: 'keep', add: {}, nulls: false, patterns: [] };
const SECRET = 'hunter2hunter2';
const JWT = `eyJhbGciOiJIUzI1NiJ9.${SECRET}.c2lnbmF0dXJl`;
const clock = new FakeClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6));

function exchange(arrival: { path?: string; query?: string; headers?: Record<string, string> } = {}): Exchange {
  const opened = new Exchange({ method: 'GET', path: '/a', query: '', headers: {}, rawHeaders: [], startedAt: clock.elapsed() - 12.3456, ...arrival });
  return Object.assign(opened, { id: 'r-1', client: '192.0.2.1', status: 200 });
}

const fields = (exchanged: Exchange, config: Partial<LineConfig> = {}) =>
  JSON.parse(compileAccessLine({ ...PLAIN, ...config }, clock)(exchanged)) as Record<string, unknown>;

describe('compileAccessLine', () => {
  it('is one line of what there is', () => {
    expect(compileAccessLine(PLAIN, clock)(exchange())).toBe(
      '{"time":"2026-01-02T03:04:05.006Z","level":"info","msg":"request","requestId":"r-1","client":"192.0.2.1","method":"GET","path":"/a","status":200,"duration":12.346,"bytesIn":0,"bytesOut":0}\n',
    );
  });

  it('says all that is known', () => {
    const full = Object.assign(exchange({ headers: { 'user-agent': 'a "quoted" agent' } }), {
      traceId: '0af7651916cd43dd8448eb211c80319c', upgrade: 'websocket', tries: 2, targetTime: 8.5, bytesIn: 3, bytesOut: 4, status: 502,
      route: { name: 'users', service: { name: 'user-service' }, endpoint: null } as Route,
      target: { url: new URL('http://name:word@10.0.0.1:8001/base') } as Target,
      principal: { id: '7', authenticator: 'users' } as Principal,
      problem: new Problem(problems.targetUnreachable, 'x'),
    });
    expect(fields(full)).toEqual({
      time: '2026-01-02T03:04:05.006Z', level: 'info', msg: 'request', requestId: 'r-1', traceId: '0af7651916cd43dd8448eb211c80319c', client: '192.0.2.1',
      method: 'GET', path: '/a', route: 'users', service: 'user-service', target: '10.0.0.1:8001', tries: 2, targetTime: 8.5, subject: '7',
      authenticator: 'users', status: 502, problem: 'target-unreachable', duration: 12.346, bytesIn: 3, bytesOut: 4, upgrade: 'websocket', userAgent: 'a "quoted" agent',
    });
  });

  it('names the service that was asked, and why something else answers', () => {
    const route = { name: 'users', service: { name: 'user-service' }, endpoint: null } as Route;
    const other = { name: 'spare-service' } as NonNullable<Route['service']>;
    const degraded = { route, service: other, variant: 'canary', degraded: 'service', failure: new Problem(problems.circuitOpen, 'x') };
    expect(fields(Object.assign(exchange(), degraded))).toMatchObject({ route: 'users', service: 'spare-service', variant: 'canary', status: 200, degraded: 'service', problem: 'circuit-open' });
    const plain = fields(Object.assign(exchange(), { route, service: route.service }));
    expect(plain).toMatchObject({ service: 'user-service' });
    for (const name of ['variant', 'degraded', 'problem']) expect(plain).not.toHaveProperty(name);
  });

  it('tells the version of the call, where there are some', () => {
    expect(fields(Object.assign(exchange(), { version: 'v2' }))).toMatchObject({ version: 'v2' });
    expect(fields(exchange())).not.toHaveProperty('version');
  });

  it.each([[false, '/a'], [true, '/a?page=2&token=[redacted]']])('with `query: %s` the path is %s', (query, expected) => {
    expect(fields(exchange({ query: `?page=2&token=${SECRET}` }), { query })['path']).toBe(expected);
  });

  it('lists the headers asked for that are there', () => {
    expect(fields(exchange({ headers: { accept: 'text/*', 'x-b': 'c' } }), { headers: ['Accept', 'X-A', 'X-B'] })['headers']).toEqual({ accept: 'text/*', 'x-b': 'c' });
    expect(fields(exchange(), { headers: ['Accept'] })).not.toHaveProperty('headers');
  });

  it.each([
    ['authorization', { headers: { authorization: `Bearer ${SECRET}` } }],
    ['proxy-authorization', { headers: { 'proxy-authorization': `Basic ${SECRET}` } }],
    ['cookie', { headers: { cookie: `sid=${SECRET}` } }],
    ['x-api-key', { headers: { 'x-api-key': SECRET } }],
    ['x-auth-token', { headers: { 'x-auth-token': SECRET } }],
    ['a scheme under another name', { headers: { 'x-original': `Bearer ${SECRET}` } }],
    ['a token under another name', { headers: { 'x-original': JWT } }],
    ['a header the file names', { headers: { 'x-tenant': SECRET } }],
    ['the query of a referer', { headers: { referer: `https://a.example/?token=${SECRET}` } }],
    ['a token in the user agent', { headers: { 'user-agent': `app/1 ${JWT}` } }],
    ['a token in the query', { query: `?token=${SECRET}` }],
    ['a token in an encoded parameter name', { query: `?%74oken=${SECRET}` }],
    ['a parameter the file names', { query: `?x-tenant=${SECRET}` }],
    ['a token in the path', { path: `/ws/${JWT}/x` }],
    ['the query of a path that is not safe', { path: `/%2e%2e/x?password=${SECRET}` }],
  ])('never shows %s', (_what, arrival) => {
    const headers = [...Object.keys((arrival as { headers?: object }).headers ?? {}), 'user-agent'];
    for (const query of [true, false]) {
      const line = compileAccessLine({ ...PLAIN, query, headers, redact: ['X-Tenant'] }, clock)(exchange(arrival));
      expect(line).not.toContain(SECRET);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
  });
});
