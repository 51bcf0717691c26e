import { tracingSchema } from './tracing.js';

const messages = (value: object): readonly string[] => (tracingSchema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
const http = { use: 'otlp-http' };

it('exports nothing unless asked, and then a hundredth', () => {
  expect(tracingSchema.parse({})).toEqual({ export: 'off', sample: { ratio: 0.01, parent: 'trusted-proxies', errors: true, slow: 0 }, attributes: {}, query: false });
  expect(tracingSchema.parse({ export: http }).export).toEqual({ use: 'otlp-http', headers: {}, compression: 'none', timeout: 10_000, every: 5_000, queue: 2_048 });
});

it('headers never print', () => {
  const parsed = tracingSchema.parse({ export: { ...http, headers: { 'x-key': 'hunter2' } } });
  expect(JSON.stringify(parsed)).not.toContain('hunter2');
});

it.each([
  ['', undefined],
  ['http://jaeger:4318/v1/traces', 'http://jaeger:4318/v1/traces'],
  // Where Jaeger took spans before it spoke OTLP.
  ['http://jaeger:14268/api/traces', 'http://jaeger:4318/v1/traces'],
  ['https://[::1]:14268/api/traces/', 'https://[::1]:4318/v1/traces'],
  ['http://collector:14268/v1/traces', 'http://collector:14268/v1/traces'],
])('an address of "%s" is %s', (url, expected) => {
  const { export: where } = tracingSchema.parse({ export: { ...http, url } });
  expect(where === 'off' ? undefined : where.url).toBe(expected);
});

it.each<[string, object, RegExp]>([
  ['an address that is none', { export: { ...http, url: 'collector:4318' } }, /expected an address that begins with http/],
  ['credentials in the address', { export: { ...http, url: 'http://u:p@h/' } }, /credentials do not belong in the address/],
  ['a query in the address', { export: { ...http, url: 'http://h/?key=1' } }, /without \? and #/],
  ['a path for gRPC', { export: { use: 'otlp-grpc', url: 'http://h:4317/v1/traces' } }, /gRPC knows its path itself/],
  ['TLS settings without TLS', { export: { ...http, url: 'http://h', tls: {} } }, /does not ask for TLS/],
  ['a header of two lines', { export: { ...http, headers: { 'x-key': 'hunter2\n' } } }, /^export\.headers\.x-key: expected the value of a header: one line/],
  ['a header that gRPC refuses', { export: { use: 'otlp-grpc', headers: { 'x-key': 'hunterß' } } }, /^export\.headers\.x-key: expected the value/],
  ['a name that gRPC refuses', { export: { use: 'otlp-grpc', headers: { 'x-key-bin': 'a' } } }, /gRPC has no place for a header "x-key-bin"/],
  ['another protocol', { export: { use: 'zipkin' } }, /export/],
  ['a ratio in percent', { sample: { ratio: 10 } }, /^sample\.ratio: /],
  ['no time', { export: { ...http, timeout: '0s' } }, /expected at least 1ms/],
  ['no pause', { export: { ...http, every: '1ms' } }, /expected at least 10ms/],
  ['no room', { export: { ...http, queue: 0 } }, /queue/],
])('refuses %s', (_what, value, message) => expect(messages(value).join('\n')).toMatch(message));
