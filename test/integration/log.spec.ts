import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, Secret, type AuditNotice } from '#libs/kernel';
import { LogDestination } from '../../src/telemetry/log-destination.js';
import { debugHeader } from '../../src/telemetry/debug-header.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';

const KEY = '0123456789abcdef0123456789abcdef';
type Line = Record<string, unknown>;

/** One gateway for all of them, whose log goes nowhere but here: what the file says of the log is hot. */
let gw: TestGateway;
const lines: Line[] = [];
beforeAll(async () => {
  gw = await gateway(file('{ level: silent, access: off }'), { env: { DEBUG_SECRET: KEY } });
  gw.gateway.app.get(LogDestination).write = (line) => lines.push(JSON.parse(line) as Line);
});
afterAll(() => gw[Symbol.asyncDispose]());

async function logging(log: string, more = ''): Promise<void> {
  await gw.rewrite(file(log, more));
  lines.length = 0;
}

async function until(which: (line: Line) => boolean): Promise<Line> {
  for (;;) {
    const found = lines.find(which);
    if (found) return found;
    await sleep(5);
  }
}

const file = (log: string, more = ''): string => `version: 1
log: ${log}
${more}
${USERS}
services: { echo: { targets: "\${ECHO}" }, dead: { targets: "http://127.0.0.1:1" } }
policies: { parsing: { labels: { category: parsing } } }
routes:
  open: { match: { path: /open/** }, to: echo, authenticate: none }
  parse: { match: { path: /parse/** }, use: parsing, to: echo, authenticate: [users], labels: { team: cv } }
  guarded: { match: { path: /guarded/** }, to: echo, limit: { name: calm, rate: 100/h, by: [user] } }
  posts: { match: { path: /open/**, methods: [POST] }, to: echo, authenticate: none }
  dead: { match: { path: /dead }, to: dead, authenticate: none, retry: { attempts: 2, backoff: { base: 1ms } } }
endpoints: { admin: { at: /ops, authorize: { roles: [admin] } } }
`;

const bearer = async (role = 'admin', sub = '7'): Promise<Record<string, string>> => ({ authorization: `Bearer ${await token({ sub, role })}` });
const request = (id: string) => ({ msg, requestId }: Line): boolean => msg === 'request' && requestId === id;

describe('O4: the log level at run time', () => {
  it('changes by hand for a while, by reload for good, and is told to the auditors', async () => {
    await logging('{ level: info }');
    const audited: AuditNotice[] = [];
    const admin = await bearer();
    // Where this test was broken off before.
    await gw.fetch('/ops/log', { method: 'DELETE', headers: admin });
    const end = events.audited.subscribe((notice) => audited.push(notice));
    const json = { ...admin, 'content-type': 'application/json' };
    const level = async (): Promise<Line> => (await gw.fetch('/ops/log', { headers: admin })).json();
    const put = (body: object) => gw.fetch('/ops/log', { method: 'PUT', headers: json, body: JSON.stringify(body) });
    const { log } = gw.gateway;

    expect(await level()).toEqual({ level: 'info', configured: 'info', until: null });
    const answer = await put({ level: 'debug', for: '10m' });
    expect(answer.json()).toEqual({ level: 'debug', configured: 'info', until: expect.stringMatching(/^\d{4}-.*Z$/) as string });
    expect(log.isLevelEnabled('debug')).toBe(true);
    await gw.rewrite(file('{ level: error }'));
    expect(await level()).toMatchObject({ level: 'debug', configured: 'error' });
    expect((await gw.fetch('/ops/log', { method: 'DELETE', headers: admin })).json()).toEqual({ level: 'error', configured: 'error', until: null });
    expect(log.isLevelEnabled('warn')).toBe(false);

    lines.length = 0;
    await gw.fetch('/open/a');
    await put({ level: 'WARNING', for: '50ms' });
    while ((await level())['level'] !== 'error') await sleep(10);
    await put({ level: 'info', for: '1h' });
    await gw.fetch('/open/b', { headers: { 'x-request-id': 'b' } });
    await until(request('b'));
    expect(lines.some(({ path }) => path === '/open/a')).toBe(false);
    await gw.fetch('/ops/log', { method: 'DELETE', headers: admin });
    end();
    expect(audited.filter(({ action }) => action.startsWith('log.')).map(({ action, actor, details }) => [action, actor, details])).toEqual([
      ['log.level', 'users:7', { level: 'debug', for: 600_000 }], ['log.reset', 'users:7', {}], ['log.level', 'users:7', { level: 'warn', for: 50 }], ['log.level', 'users:7', { level: 'info', for: 3_600_000 }], ['log.reset', 'users:7', {}],
    ]);
  });

  it.each<[string, object, number]>([
    ['a level that there is not', { level: 'loud' }, 422],
    ['nothing', {}, 422],
    ['more than a day', { level: 'debug', for: '25h' }, 422],
    ['no time', { level: 'debug', for: 'long' }, 422],
    ['something else too', { level: 'debug', forever: true }, 422],
  ])('refuses %s', async (_what, body, status) => {
    const ask = async (role: string): Promise<number> => (await gw.fetch('/ops/log', { method: 'PUT', headers: { ...(await bearer(role)), 'content-type': 'application/json' }, body: JSON.stringify(body) })).status;
    expect([await ask('admin'), await ask('teacher')]).toEqual([status, 403]);
  });
});

describe('O4: which lines are written', () => {
  it('a share of them, and all that failed', async () => {
    // Of strangers chance decides, whatever id they send.
    await logging('{ sample: { ratio: 0.5 }, marks: { slow: off } }', 'forwarded: { trust: [loopback] }');
    const chosen = `00-${'a'.repeat(18)}${'f'.repeat(14)}-00f067aa0ba902b7-00`;
    const other = `00-${'a'.repeat(18)}${'1'.repeat(14)}-00f067aa0ba902b7-00`;
    await gw.fetch('/open/a', { headers: { 'x-request-id': 'out', traceparent: other } });
    await gw.fetch('/open/a', { headers: { 'x-request-id': 'in', traceparent: chosen } });
    await gw.fetch('/dead', { headers: { 'x-request-id': 'failed', traceparent: other } });
    await until(request('failed'));
    expect(lines.filter(({ msg }) => msg === 'request').map(({ error, requestId }) => [requestId, error])).toEqual([['in', undefined], ['failed', true]]);
  });
});

describe('O4: correlation ids', () => {
  it.each<[string, string, Record<string, string>, RegExp]>([
    ['one that comes is kept', '{}', { 'x-correlation-id': 'chain-1' }, /^chain-1$/],
    ['none begins a chain with the id of the request', '{}', { 'x-request-id': 'r-9' }, /^r-9$/],
    ['nor one that is not safe', '{}', { 'x-correlation-id': 'a b"', 'x-request-id': 'r-9' }, /^r-9$/],
    ['strangers’ are not believed', '{ trust: trusted-proxies }', { 'x-correlation-id': 'chain-1', 'x-request-id': 'r-9' }, /^r-9$/],
    ['none stays none', '{ absent: none }', { 'x-request-id': 'r-9' }, /^$/],
  ])('%s', async (_what, setting, headers, expected) => {
    await logging('{}', `correlationId: ${setting}`);
    const { headers: answered, seen } = await gw.fetch('/open/a', { headers });
    const line = await until(({ msg }) => msg === 'request');
    for (const id of [answered['x-correlation-id'], seen.headers['x-correlation-id'], line['correlationId']]) expect(id ?? '').toMatch(expected);
  });

  it('are nothing where the file wants none', async () => {
    await logging('{}');
    const { headers, seen } = await gw.fetch('/open/a', { headers: { 'x-correlation-id': 'chain-1' } });
    expect([headers['x-correlation-id'], seen.headers['x-correlation-id']]).toEqual([undefined, 'chain-1']);
    expect(await until(({ msg }) => msg === 'request')).not.toHaveProperty('correlationId');
  });
});

describe('O4: a request that is debugged', () => {
  const header = (scope = {}): string => debugHeader(new Secret(KEY), Date.now() + 60_000, scope);
  const DEBUG = '{ level: silent, access: off, sample: { ratio: 0 }, debug: { secret: "${DEBUG_SECRET}" } }';

  it('tells what was decided, though nobody else is heard, and its header goes nowhere', async () => {
    await logging(DEBUG);
    // Nobody has counted anything of them yet.
    const subject = randomUUID();
    await gw.fetch('/guarded/a', { headers: await bearer('admin', subject) });
    const { seen } = await gw.fetch('/guarded/a?x=1', { headers: { ...(await bearer('admin', subject)), 'x-request-id': 'd', 'x-passerelle-debug': header({ route: 'guarded' }) } });
    expect(await until(request('d'))).toMatchObject({ level: 'info', status: 200, debug: true });
    expect(seen.headers).not.toHaveProperty('x-passerelle-debug');
    await until(({ msg }) => msg === 'answer');
    expect(new Set(lines.map(({ requestId }) => requestId))).toEqual(new Set(['d']));
    const told = Object.fromEntries(lines.map((line) => [line['msg'], line])) as Record<string, Line>;
    expect(told['route']).toMatchObject({ level: 'debug', route: 'guarded', pattern: '/guarded/**', service: 'echo', params: { rest: 'a' } });
    expect(told['caller']).toMatchObject({ subject, authenticator: 'users', roles: ['admin'] });
    expect(told['limit']).toMatchObject({ limit: 'calm', allowed: true, quota: 100, remaining: 98 });
    expect(told['service']).toMatchObject({ service: 'echo', target: new URL(gw.echo.url).host, tries: 1, headers: expect.arrayContaining(['authorization', 'x-request-id']) as unknown });
    expect(told['answer']).toMatchObject({ status: 200, duration: expect.any(Number) as number });
  });

  it('tells why other routes did not get it, and what each try came to', async () => {
    await logging(DEBUG);
    await gw.fetch('/open/a', { headers: { 'x-passerelle-debug': header({ path: '/open/**' }) } });
    expect(await until(({ msg }) => msg === 'other routes')).toMatchObject({ others: ['posts: method GET is not among POST'] });
    await gw.fetch('/dead', { headers: { 'x-request-id': 'dead', 'x-passerelle-debug': header() } });
    expect(await until(({ msg, requestId }) => msg === 'answer' && requestId === 'dead')).toMatchObject({ status: 502, problem: 'target-unreachable' });
    expect(lines.filter(({ requestId }) => requestId === 'dead').map(({ msg }) => msg)).toEqual(expect.arrayContaining(['arrived', 'route', 'a try failed', 'another try follows', 'service', 'answer']));
  });

  it.each<[string, string]>([
    ['of another key', debugHeader(new Secret('f'.repeat(32)), Date.now() + 60_000, {})],
    ['for another route', header({ route: 'posts' })],
    ['that is over', debugHeader(new Secret(KEY), Date.now() - 1_000, {})],
    ['that is none', 'yes please'],
  ])('is not one with a header %s', async (_what, sent) => {
    await logging('{ level: debug, debug: { secret: "${DEBUG_SECRET}", header: X-Look } }');
    const { seen } = await gw.fetch('/open/a', { headers: { 'x-request-id': 'w', 'x-look': sent } });
    expect(await until(request('w'))).not.toHaveProperty('debug');
    expect(seen.headers).not.toHaveProperty('x-look');
    expect(lines.filter(({ requestId, msg }) => requestId === 'w' && msg !== 'request')).toEqual([expect.objectContaining({ level: 'debug', msg: 'a debug header is not valid', why: expect.any(String) as string })]);
    expect(JSON.stringify(lines)).not.toContain(sent);
  });

  it('is one like any other where the file has no secret', async () => {
    await logging('{ level: debug }');
    expect(events.exchangeDebugged.heard).toBe(true);
    await gw.fetch('/open/a', { headers: { 'x-request-id': 'n', 'x-passerelle-debug': header() } });
    expect(await until(request('n'))).not.toHaveProperty('debug');
  });
});

describe('O4: lines as other platforms write them (knob 33)', () => {
  const agent = { 'user-agent': 'spec/1', referer: 'https://a.example/x', 'x-forwarded-for': '203.0.113.9' };

  it('timestamp, level, logger, and a message that is JSON', async () => {
    await logging(`
  query: true
  names: { time: timestamp, level: level, method: method, path: path, status: status, duration: duration_ms, client: ip, requestId: request_id, route: route, userAgent: user_agent, subject: user_id, traceId: trace_id, spanId: span_id }
  rest: drop
  nulls: on
  add: { logger: gateway, referer: "{request.header.referer}", host: "{request.host}" }
  nested: { below: message, beside: [time, level, logger] }`, 'forwarded: { trust: loopback }');
    await gw.fetch('/guarded/a?x=1', { headers: { ...agent, ...(await bearer()) } });
    const line = await until(({ message }) => String(message).includes('duration_ms'));
    expect(Object.keys(line)).toEqual(['timestamp', 'level', 'logger', 'message']);
    const message = JSON.parse(line['message'] as string) as Line;
    expect(Object.keys(message).toSorted()).toEqual(['duration_ms', 'host', 'ip', 'method', 'path', 'referer', 'request_id', 'route', 'span_id', 'status', 'trace_id', 'user_agent', 'user_id']);
    expect(message).toMatchObject({ method: 'GET', path: '/guarded/a?x=1', status: 200, ip: '203.0.113.9', route: 'guarded', user_agent: 'spec/1', referer: 'https://a.example/x', host: new URL(gw.url).host, user_id: '7', duration_ms: expect.any(Number) as number });
    gw.gateway.log.info('own words');
    expect(lines.at(-1)).toEqual({ timestamp: expect.any(String) as string, level: 'info', logger: 'gateway', message: '{"msg":"own words"}' });
  });

  it('one flat object of eighteen fields, each of them always there', async () => {
    await logging(`
  names: { requestId: request_id, time: timestamp, method: method, path: endpoint, status: status_code, bytesIn: request_size, bytesOut: response_size, subject: user_id, client: client_ip, userAgent: user_agent, problem: error }
  rest: drop
  nulls: on
  marks: { slow: 1m, large: 10MiB }
  add: { endpoint_category: "{route.labels.category}", process_time: "{seconds}", user_role: "{principal.role}", is_success: "{success}", is_slow: "{slow}", is_authenticated: "{authenticated}", content_type: "{request.header.content-type}" }`);
    const NAMES = ['request_id', 'timestamp', 'method', 'endpoint', 'endpoint_category', 'status_code', 'process_time', 'request_size', 'response_size', 'user_id', 'user_role', 'client_ip', 'user_agent', 'is_success', 'is_slow', 'is_authenticated', 'content_type', 'error'].toSorted();
    const began = performance.now();
    await gw.fetch('/parse/cv', { method: 'POST', headers: { 'content-type': 'application/json', 'x-request-id': 'one', ...(await bearer('recruiter')) }, body: '{}' });
    await gw.fetch('/dead', { headers: { 'x-request-id': 'two' } });
    const [one, two] = [await until(({ request_id, status_code }) => request_id === 'one' && status_code !== undefined), await until(({ request_id, status_code }) => request_id === 'two' && status_code !== undefined)];
    const took = performance.now() - began;
    expect([Object.keys(one).toSorted(), Object.keys(two).toSorted()]).toEqual([NAMES, NAMES]);
    expect(one).toMatchObject({
      method: 'POST', endpoint: '/parse/cv', endpoint_category: 'parsing', status_code: 200, request_size: 2, user_id: '7', user_role: 'recruiter', client_ip: '127.0.0.1',
      is_success: true, is_slow: false, is_authenticated: true, content_type: 'application/json', error: null,
    });
    // In seconds.
    expect(one['process_time']).toBeLessThan(took / 1_000);
    expect(two).toMatchObject({ endpoint_category: null, status_code: 502, user_id: null, user_role: null, is_success: false, is_authenticated: false, content_type: null, error: 'target-unreachable' });
  });
});
