import { clock, exchange, fields, full, lineOf, PLAIN, principal, route } from './line.fixture.js';
import type { LineConfig } from './line-config.js';
import { compilePlainLine } from './access-line.js';
import { compileShapedLine } from './shaped-line.js';

const SLOW = { slow: 10, large: 1_000, error: true };

describe('O4: a line of the file’s own shape', () => {
  it.each<[string, ReturnType<typeof exchange>, Partial<LineConfig>]>([
    ['nothing', exchange(), {}],
    ['all there is', full(), { headers: ['Accept'], marks: SLOW }],
    ['a route without a service', exchange({}, { route: { ...route, service: null, endpoint: 'health' } }), {}],
    ['marks', exchange({}, { bytesOut: 2_000, status: 500 }), { marks: SLOW }],
    ['a query', exchange({ query: '?a=1&token=x' }), { query: true }],
  ])('is the plain one, byte for byte, where the shape says nothing: %s', (_what, of, config) => {
    const whole = { ...PLAIN, ...config };
    for (const worker of [null, 3]) expect(compileShapedLine(whole, clock, { worker })(of)).toBe(compilePlainLine(whole, clock, { worker })(of));
  });

  it('has other names, and fewer fields', () => {
    expect(lineOf(exchange(), { names: { client: 'ip', level: null, msg: null } })).toBe(
      '{"time":"2026-01-02T03:04:05.006Z","requestId":"r-1","ip":"192.0.2.1","method":"GET","path":"/a","status":200,"duration":12.346,"bytesIn":0,"bytesOut":0}\n',
    );
    expect(lineOf(exchange(), { names: { client: 'client', status: 'code' }, rest: 'drop' })).toBe('{"client":"192.0.2.1","code":200}\n');
  });

  it('keeps a place for what is not there, where the file wants that', () => {
    const config: Partial<LineConfig> = { names: { subject: 'user', problem: 'error', slow: 'slow' }, rest: 'drop', nulls: true, add: { role: '{principal.role}' } };
    expect(lineOf(exchange(), { ...config, marks: SLOW })).toBe('{"user":null,"error":null,"slow":true,"role":null}\n');
    expect(lineOf(exchange(), config)).toBe('{"user":null,"error":null,"role":null}\n');
    expect(lineOf(exchange({}, { principal }), { ...config, marks: { ...SLOW, slow: 1_000 } })).toBe('{"user":"7","error":null,"slow":false,"role":"teacher"}\n');
  });

  it.each<[string, LineConfig['add'], Record<string, unknown>]>([
    ['text', { a: 'x', b: 'is {status}' }, { a: 'x', b: 'is 200' }],
    ['types', { n: 1, t: true, status_code: '{status}', ok: '{success}' }, { n: 1, t: true, status_code: 200, ok: true }],
    ['times', { s: '{seconds}', ms: '{duration}' }, { s: 0.012, ms: 12.346 }],
    ['labels', { category: '{route.labels.category}', none: '{route.labels.none}' }, { category: 'people' }],
    ['the caller', { role: '{principal.role}', tenant: '{principal.claims.tenant}', known: '{authenticated}' }, { role: 'teacher', tenant: 'acme', known: true }],
    ['headers', { accept: '{request.header.accept}', referer: '{request.header.referer}' }, { accept: 'text/*' }],
    ['marks', { is_slow: '{slow}', is_large: '{large}', is_error: '{error}' }, { is_slow: true, is_large: false, is_error: false }],
  ])('has further fields: %s', (_what, add, expected) => {
    const { time, level, msg, requestId, client, method, path, route: name, service, subject, authenticator, status, duration, bytesIn, bytesOut, slow, ...rest } = fields(exchange({ headers: { accept: 'text/*' } }, { route, principal }), { add, marks: SLOW });
    expect([time, level, msg, requestId, client, method, path, name, service, subject, authenticator, status, duration, bytesIn, bytesOut, slow]).not.toContain(undefined);
    expect(rest).toEqual(expected);
  });

  it('nests', () => {
    const config: Partial<LineConfig> = { names: { client: 'ip', time: 'timestamp' }, rest: 'drop', add: { logger: 'gateway', host: 'a' } };
    const at = '2026-01-02T03:04:05.006Z';
    expect(lineOf(exchange(), { ...config, nested: { below: 'message', as: 'text', beside: ['time', 'logger'] } })).toBe(`{"timestamp":"${at}","logger":"gateway","message":"{\\"ip\\":\\"192.0.2.1\\",\\"host\\":\\"a\\"}"}\n`);
    expect(lineOf(exchange(), { ...config, nested: { below: 'message', as: 'object', beside: [] } })).toBe(`{"message":{"timestamp":"${at}","ip":"192.0.2.1","logger":"gateway","host":"a"}}\n`);
  });
});
