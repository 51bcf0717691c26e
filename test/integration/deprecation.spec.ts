import { gateway, type TestGateway } from '../support/gateway.js';
import { rawTarget } from '../support/raw-target.js';

const DAY = 86_400_000;
/** One day for all of the file, also at midnight. */
const TODAY = Date.now();
const on = (offset: number): string => new Date(TODAY + offset * DAY).toISOString().slice(0, 10);
const seconds = (date: string): string => `@${Date.parse(date) / 1_000}`;
const httpDate = (date: string): string => new Date(date).toUTCString();

const VERSIONS = `
versions:
  names: [v1, v2, v3]
  default: v1
  header: X-Version
  mediaType: version
  deprecate:
    v1: { since: 2025-01-31, sunset: ${on(30)}, link: https://example.org/v1, policy: /policy, successor: v2, warning: 'say "v2", not \\ v1' }
    v2: { sunset: '${httpDate(on(60))}' }
  unversioned: { warning: Name a version }
`;
const ROUTES = `
defaults: { authenticate: none }
routes:
  users: { match: { path: /users/** }, to: echo }
  closed: { match: { path: /closed/** }, to: echo, authenticate: users }
  silent: { match: { path: /silent }, to: echo, deprecate: off }
  own: { match: { path: /own }, to: echo, deprecate: { sunset: ${on(3)}, warning: This route goes } }
  limited: { match: { path: /limited }, to: echo, limit: 1/h }
authenticate:
  users: { use: jwt, secret: "0123456789abcdef0123456789abcdef", algorithms: [HS256] }
`;

describe('T3: deprecation', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(VERSIONS + ROUTES); });
  afterAll(() => gw[Symbol.asyncDispose]());

  const LINKS = (path: string): string => `<https://example.org/v1>; rel="deprecation", </policy>; rel="sunset", </v2${path}>; rel="successor-version"`;
  const V1 = { deprecation: seconds('2025-01-31'), sunset: httpDate(on(30)) };
  const WORDS = '299 - "say \\"v2\\", not \\\\ v1"';

  it.each<[what: string, path: string, headers: Record<string, string>, status: number, expected: Record<string, string | undefined>]>([
    ['by path', '/v1/users/7', {}, 200, { ...V1, link: LINKS('/users/7'), warning: WORDS }],
    ['by header', '/users/7', { 'x-version': 'v1' }, 200, { ...V1, link: LINKS('/users/7'), warning: WORDS }],
    ['by media type', '/users/7', { accept: 'application/json; version=v1' }, 200, { ...V1, warning: WORDS }],
    ['the default, unnamed', '/users/7', {}, 200, { ...V1, warning: `299 - "Name a version", ${WORDS}` }],
    ['another version, another date', '/v2/users', {}, 200, { deprecation: undefined, sunset: httpDate(on(60)), link: undefined, warning: undefined }],
    ['a version that stays', '/v3/users', {}, 200, { deprecation: undefined, sunset: undefined, link: undefined, warning: undefined }],
    ['a refusal (401)', '/v1/closed/x', {}, 401, V1],
    ['a path that is not there (404)', '/v1/nothing', {}, 404, { ...V1, warning: WORDS }],
    ['a built-in endpoint', '/v1/health', {}, 200, { ...V1, link: LINKS('/health') }],
    ['a route that is told off', '/v1/silent', {}, 200, { deprecation: undefined, warning: undefined }],
    ['a route with an end of its own', '/v1/own', {}, 200, { deprecation: V1.deprecation, sunset: httpDate(on(3)), warning: `299 - "This route goes", ${WORDS}` }],
    ['the same route in a version that stays', '/v3/own', {}, 200, { deprecation: undefined, sunset: httpDate(on(3)), warning: '299 - "This route goes"' }],
  ])('is told on %s', async (_what, path, headers, status, expected) => {
    const answer = await gw.fetch(path, { headers });
    expect(answer.status).toBe(status);
    for (const [name, value] of Object.entries(expected)) expect([name, answer.headers[name]]).toEqual([name, value]);
  });

  it('is told on a refusal for a limit (429)', async () => {
    await gw.fetch('/v1/limited');
    expect(await gw.fetch('/v1/limited')).toMatchObject({ status: 429, headers: V1 });
  });

  it('keeps the path of a successor within the brackets of its link', async () => {
    const { headers } = await gw.fetch('/v1/users/a%3Eb');
    expect(headers['link']).toContain('</v2/users/a%3Eb>');
  });

  it('tells services which version a call is of, where the file asks for it', async () => {
    await using other = await gateway('versions: { names: [v1, v2], header: x-v }\ndefaults: { authenticate: none }\nroutes: { r: { match: { path: /a }, to: echo, headers: { request: { set: { X-Api: "{request.version}" } } } } }');
    expect((await other.fetch('/a', { headers: { 'x-v': 'v2' } })).seen.headers).toMatchObject({ 'x-api': 'v2' });
    expect((await other.fetch('/a')).seen.headers).not.toHaveProperty('x-api');
  });
});

describe('T3: deprecation beside a service', () => {
  it('stands beside links and warnings of the service, and in place of its dates; kept answers and stand-ins tell it once', async () => {
    await using service = await rawTarget((_head, socket) => void socket.end('HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nSunset: Thu, 01 Jan 2099 00:00:00 GMT\r\nLink: </next>; rel="next"\r\nWarning: 214 - "x"\r\nContent-Length: 2\r\n\r\n{}'));
    await using gw = await gateway(`
services: { old: { targets: "${service.url}" }, away: { targets: "http://127.0.0.1:1" } }
defaults: { authenticate: none }
routes:
  kept: { match: { path: /kept }, to: old, cache: {}, deprecate: { since: true, sunset: 2030-01-01, link: /about, warning: Bye } }
  away: { match: { path: /away }, to: away, fallback: [{ status: 200, body: { ok: true } }], deprecate: { since: '@1735689600' } }`);
    for (const hit of [false, true]) {
      const { headers } = await gw.fetch('/kept');
      expect(String(headers['cache-status']).includes('hit')).toBe(hit);
      expect(headers).toMatchObject({ deprecation: 'true', sunset: 'Tue, 01 Jan 2030 00:00:00 GMT', link: ['</next>; rel="next"', '</about>; rel="deprecation"'], warning: ['214 - "x"', '299 - "Bye"'] });
    }
    expect(await gw.fetch('/away')).toMatchObject({ status: 200, headers: { deprecation: '@1735689600', 'x-degraded': 'static' } });
  });
});

describe('T3: after the sunset', () => {
  it.each<[what: string, sunset: string, status: number]>([
    ['is served on', '2020-01-01', 200],
    ['is gone where the file says so', '{ at: 2020-01-01, after: gone }', 410],
    ['is served until then', `{ at: ${on(1)}, after: gone }`, 200],
  ])('%s', async (_what, sunset, status) => {
    await using gw = await gateway(`
versions: { names: [v1, v2], deprecate: { v1: { sunset: ${sunset}, successor: v2 } } }
defaults: { authenticate: none, cors: { origins: "*" } }
routes: { r: { match: { path: /a/** }, to: echo } }`);
    const answer = await gw.fetch('/v1/a/b', { headers: { origin: 'https://a.org' } });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ link: '</v2/a/b>; rel="successor-version"', 'access-control-allow-origin': '*' });
    if (status === 410) expect(answer.json()).toMatchObject({ type: expect.stringMatching(/gone$/), sunset: '2020-01-01T00:00:00.000Z', detail: expect.stringContaining('Version v1') });
    expect((await gw.fetch('/v2/a/b')).status).toBe(200);
    const asked = await gw.fetch('/v1/a/b', { method: 'OPTIONS', headers: { origin: 'https://a.org', 'access-control-request-method': 'GET' } });
    expect(asked.status).toBe(204);
  });
});

describe('T3: Meetinity’s environment (knob 29)', () => {
  const file = `
versions:
  names: "\${API_VERSIONS:-v1,v2}"
  default: "\${API_DEFAULT_VERSION:-v1}"
  deprecateBy:
    since: "\${API_VERSION_DEPRECATIONS:-}"
    sunset: "\${API_VERSION_SUNSETS:-}"
    link: "\${API_VERSION_DEPRECATION_LINKS:-}"
    warning: "\${API_VERSION_WARNINGS:-}"
  unversioned: { dates: written }
  deprecate: { v1: { dates: written } }
defaults: { authenticate: none }
routes: { r: { match: { path: /api/** }, to: echo } }`;

  it('says all of it, and nothing where it is empty', async () => {
    const env = { API_VERSION_DEPRECATIONS: 'v1=true, v2=2026-01-31', API_VERSION_SUNSETS: 'v1=2024-12-31T00:00:00Z', API_VERSION_WARNINGS: 'v1=299 - "Version v1 deprecated, use v2"', API_VERSION_DEPRECATION_LINKS: 'v1=https://example.org/?a=1' };
    await using gw = await gateway(file, { env });
    expect((await gw.fetch('/v1/api/x')).headers).toMatchObject({
      deprecation: 'true', sunset: '2024-12-31T00:00:00Z', warning: '299 - "Version v1 deprecated, use v2"', link: '<https://example.org/?a=1>; rel="deprecation"',
    });
    expect((await gw.fetch('/v2/api/x')).headers).toMatchObject({ deprecation: seconds('2026-01-31') });
    await using bare = await gateway(file);
    expect((await bare.fetch('/v1/api/x')).headers).not.toHaveProperty('deprecation');
  });
});

it.each<[what: string, versions: string, route: string, message: string]>([
  ['a sunset before the deprecation', '{ names: [v1], deprecate: { v1: { since: 2026-02-01, sunset: 2026-01-31 } } }', '{}', 'the sunset may not be before the deprecation'],
  ['so too when a route and its version say one each', '{ names: [v1], deprecate: { v1: { since: 2026-02-01 } } }', '{ deprecate: { sunset: 2026-01-31 } }', 'with what `versions` says, the sunset is before the deprecation'],
  ['so too when the two forms of `versions` do', '{ names: [v1], deprecate: { v1: { since: 2026-02-01 } }, deprecateBy: { sunset: "v1=2026-01-31" } }', '{}', 'of a version, the sunset is before the deprecation'],
  ['a day that is none', '{ names: [v1], deprecate: { v1: { since: 2026-02-30 } } }', '{}', 'expected a date such as 2026-01-31'],
  ['a version that is none', '{ names: [v1], deprecate: { v2: { since: 2026-02-03 } } }', '{}', 'there is no version "v2"'],
  ['one of the environment’s form', '{ names: [v1], deprecateBy: { since: "v9=true" } }', '{}', 'there is no version "v9"'],
  ['a successor that is none', '{ names: [v1, v2] }', '{ deprecate: { successor: v3 } }', 'there is no version "v3"'],
  ['a successor no link leads to', '{ names: [v1, v2], prefix: false }', '{ deprecate: { successor: v2 } }', 'no link leads to "v2"'],
  ['a link that is none', '{ names: [v1] }', '{ deprecate: { link: "a b" } }', 'expected a URL'],
  ['words no header can carry', '{ names: [v1] }', '{ deprecate: { warning: "日本" } }', 'expected text that fits in a header'],
])('a file with %s does not load', async (_what, versions, route, message) => {
  const settings = route === '{}' ? '' : `, ${route.slice(1, -1)}`;
  await expect(gateway(`versions: ${versions}\ndefaults: { authenticate: none }\nroutes: { r: { match: { path: /a }, to: echo${settings} } }`)).rejects.toThrow(message);
});
