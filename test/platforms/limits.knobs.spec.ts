import { SECRET, token } from '../support/jwt.js';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';

/** What the platforms ask of limits (knob 16 of their list), each said in the file alone. */
const HEAD = `forwarded: { trust: [loopback] }
authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256], claims: { id: sub, role: role } } }
`;

const start = (yaml: string): Promise<TestGateway> => gateway(HEAD + yaml);

type Headers = Record<string, string>;

async function asks(gw: TestGateway, count: number, path: string, headers: Headers = {}): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let i = 0; i < count; i++) replies.push(await gw.fetch(path, { headers }));
  return replies;
}

const statuses = async (gw: TestGateway, count: number, path: string, headers: Headers = {}): Promise<number[]> => (await asks(gw, count, path, headers)).map(({ status }) => status);

/** Fields that tell of limits. */
const told = ({ headers }: Reply): Record<string, unknown> => Object.fromEntries(Object.entries(headers).filter(([name]) => /ratelimit|retry-after/.test(name)));

const bearer = async (sub: string, role: string): Promise<Headers> => ({ authorization: `Bearer ${await token({ sub, role })}` });

interface Refusal {
  readonly type: string;
  readonly body: unknown;
  readonly told: Record<string, unknown>;
  /** Seconds it says to wait, wherever it says so. */
  readonly wait: number | null;
}

/** What it says to wait. */
function waits(reply: Reply): number[] {
  const { retryAfter, retry_after } = reply.headers['content-type']?.includes('json') ? reply.json<Record<string, number>>() : {};
  return [reply.headers['retry-after'], retryAfter, retry_after].filter((value) => value !== undefined).map(Number);
}

describe('16: a refusal in the shape of each platform', () => {
  const json = 'application/json; charset=utf-8';
  const minute = 'limit: { use: fixed-window, rate: 1/minute }';
  const seconds = expect.stringMatching(/^\d+$/) as string;
  const untold = 'limitHeaders: { ietf: off, retryAfter: off }';

  it.each<[string, string, Refusal]>([
    ['Meetinity v1', `${minute}, ${untold}, errors: { body: { error: "{message}" }, only: { 429: { message: Too Many Requests } } }`,
      { type: json, body: { error: 'Too Many Requests' }, told: {}, wait: null }],
    ['Meetinity v2', `${minute}, ${untold}, errors: { body: { error: { code: "{status}", message: "{message}" } }, only: { 429: { message: Too Many Requests } } }`,
      { type: json, body: { error: { code: 429, message: 'Too Many Requests' } }, told: {}, wait: null }],
    ['PresencePro, in a minute', `limit: { use: fixed-window, rate: 1/min, by: [ip, agent], message: Rate limit exceeded }, limitHeaders: { ietf: off }, errors: { only: { 429: { body: "{detail}" } } }`,
      { type: 'text/plain; charset=utf-8', body: 'Rate limit exceeded', told: { 'retry-after': seconds }, wait: 60 }],
    ['PresencePro, at once', `limit: { use: fixed-window, rate: 1/10s, by: [ip, agent], message: Rate limit exceeded (too many requests) }, limitHeaders: { ietf: off }, errors: { only: { 429: { body: "{detail}" } } }`,
      { type: 'text/plain; charset=utf-8', body: 'Rate limit exceeded (too many requests)', told: { 'retry-after': seconds }, wait: 10 }],
    ['SuperSmartMatch', `limit: { rate: 1/min }, limitHeaders: { ietf: off, x: unix, window: on, retryAfter: off }, errors: { body: { error: true, message: "{message}", status_code: "{status}", path: "{path}" }, only: { 429: { message: Trop de requêtes, body: { error: true, message: "{message}", code: RATE_LIMIT_EXCEEDED, retry_after: "{retryAfter}" } } } }`,
      { type: json, body: { error: true, message: 'Trop de requêtes', code: 'RATE_LIMIT_EXCEEDED', retry_after: expect.any(Number) },
        told: { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/), 'x-ratelimit-window': '60' }, wait: 60 }],
    ['dhatu, which says nothing: RFC 9457 and the fields of the IETF', 'limit: { use: sliding-window, rate: 1/min, name: corpus }',
      { type: 'application/problem+json', body: expect.objectContaining({ code: 'too-many-requests', status: 429, limit: 'corpus' }),
        told: { ratelimit: expect.stringMatching(/^"corpus";r=0;t=\d\d$/), 'ratelimit-policy': '"corpus";q=1;w=60', 'retry-after': seconds }, wait: 60 }],
  ])('%s', async (_platform, settings, { type, body, told: expected, wait }) => {
    await using gw = await start(`routes: { a: { match: { path: /a }, to: echo, authenticate: none, ${settings} } }`);
    const [passed, refused] = await asks(gw, 2, '/a') as [Reply, Reply];
    expect([passed.status, refused.status, refused.headers['content-type']]).toEqual([200, 429, type]);
    expect(type.includes('json') ? refused.json() : refused.text).toEqual(body);
    expect(told(refused)).toEqual(expected);
    // A window that slides has to leave whole; and on a busy machine a moment passes between two requests.
    if (wait === null) return expect(waits(refused)).toEqual([]);
    for (const said of waits(refused)) expect([said > wait - 8, said <= wait + 1]).toEqual([true, true]);
    expect(waits(refused).length).toBeGreaterThan(0);
  });
});

describe('16: what counts together', () => {
  const route = (name: string, path: string, limit: string, more = ''): string => `  ${name}: { match: { path: ${path}${more} }, to: echo, authenticate: none, limit: { use: fixed-window, rate: 2/min${limit} } }\n`;
  const versions = 'versions: { names: [v1, v2], default: v1 }\nroutes:\n';

  it.each([
    ['Meetinity as observed: the bare prefix, what is below it, and each version for themselves', '', '', [200, 429]],
    ['Meetinity as promised: ten a minute, whichever way', ', share: auth', ', share: auth', [429, 429]],
  ])('%s', async (_what, limit, other, more) => {
    const four = [['bare', '/api/auth', ', version: v1', limit], ['below', '/api/auth/:rest', ', version: v1', limit], ['bare2', '/api/auth', ', version: v2', other], ['below2', '/api/auth/:rest', ', version: v2', other]] as const;
    await using gw = await start(versions + four.map(([name, path, version, share]) => route(name, path, share, version)).join(''));
    expect(await statuses(gw, 3, '/v1/api/auth')).toEqual([200, 200, 429]);
    for (const path of ['/v1/api/auth/google', '/v2/api/auth', '/v2/api/auth/google']) {
      const all = await statuses(gw, 3, path);
      expect([all[0], all[2]]).toEqual(more);
    }
  });

  it('one route counts for all versions it is mounted at', async () => {
    await using gw = await start(versions + route('auth', '/api/auth/**', ''));
    expect([...await statuses(gw, 1, '/v1/api/auth'), ...await statuses(gw, 1, '/v2/api/auth/x'), ...await statuses(gw, 1, '/api/auth')]).toEqual([200, 200, 429]);
  });

  it('the key of an API, else the address', async () => {
    await using gw = await start(`routes:\n${route('keys', '/a', ', by: { header: X-API-Key }', ', headers: { X-API-Key: true }')}${route('addresses', '/a', ', by: ip')}`);
    const from = (address: string, key?: string): Headers => ({ 'x-forwarded-for': address, ...(key && { 'x-api-key': key }) });
    expect(await statuses(gw, 3, '/a', from('192.0.2.1', 'k1'))).toEqual([200, 200, 429]);
    expect(await statuses(gw, 1, '/a', from('192.0.2.2', 'k1'))).toEqual([429]);
    expect(await statuses(gw, 3, '/a', from('192.0.2.1', 'k2'))).toEqual([200, 200, 429]);
    expect(await statuses(gw, 3, '/a', from('192.0.2.1'))).toEqual([200, 200, 429]);
    expect(await statuses(gw, 3, '/a', from('192.0.2.2'))).toEqual([200, 200, 429]);
  });

  it('address and agent, whatever the path', async () => {
    await using gw = await start(`routes:\n${route('a', '/a', ', by: [ip, agent], share: all')}${route('b', '/b', ', by: [ip, agent], share: all')}`);
    const from = (address: string, agent: string): Headers => ({ 'x-forwarded-for': address, 'user-agent': agent });
    expect([...await statuses(gw, 2, '/a', from('192.0.2.1', 'one')), ...await statuses(gw, 1, '/b', from('192.0.2.1', 'one'))]).toEqual([200, 200, 429]);
    expect(await statuses(gw, 1, '/a', from('192.0.2.1', 'other'))).toEqual([200]);
    expect(await statuses(gw, 1, '/a', from('192.0.2.2', 'one'))).toEqual([200]);
  });

  it('each method for itself', async () => {
    await using gw = await start(`routes:\n${route('a', '/a', ', by: [ip, method]')}`);
    expect(await statuses(gw, 3, '/a')).toEqual([200, 200, 429]);
    expect((await gw.fetch('/a', { method: 'POST' })).status).toBe(200);
  });

  it('the user, else the address that a trusted proxy names', async () => {
    await using gw = await start('routes: { me: { match: { path: /me }, to: echo, limit: { rate: 2/h, by: user } }, open: { match: { path: /open }, to: echo, authenticate: none, limit: 2/h } }');
    const [ada, bob] = [await bearer('1', 'candidat'), await bearer('2', 'candidat')];
    expect([...await statuses(gw, 3, '/me', ada), ...await statuses(gw, 1, '/me', bob)]).toEqual([200, 200, 429, 200]);
    expect([...await statuses(gw, 3, '/open', { 'x-forwarded-for': '192.0.2.1' }), ...await statuses(gw, 1, '/open', { 'x-forwarded-for': '192.0.2.2' })]).toEqual([200, 200, 429, 200]);
  });
});

describe('16: how it counts', () => {
  it('PresencePro: a minute and ten seconds at once', async () => {
    await using gw = await start(`routes: { a: { match: { path: /a }, to: echo, authenticate: none, errors: { only: { 429: { body: "{detail}" } } },
      limit: [{ use: fixed-window, rate: 4/min, message: minute }, { use: fixed-window, rate: 3/4s, message: burst }] } }`);
    const ask = async (count: number): Promise<string[]> => (await asks(gw, count, '/a')).map(({ status, text }) => (status === 200 ? 'passed' : text));
    expect(await ask(5)).toEqual(['passed', 'passed', 'passed', 'burst', 'burst']);
    await new Promise((resolve) => setTimeout(resolve, 4_100));
    expect(await ask(2)).toEqual(['passed', 'minute']);
  });

  it('SuperSmartMatch: a bucket that holds limit and burst and begins with the limit; roles have their own, and one path its own', async () => {
    const limit = (rate: string, more = ''): string => `{ rate: ${rate}, burst: 12, initial: 10${more} }`;
    await using gw = await start(`routes:
  all: { match: { path: /api/** }, to: echo, limit: ${limit('10/h', ', roles: { admin: 100/h }')}, limitHeaders: { ietf: off, x: unix } }
  batch: { match: { path: /api/batch }, to: echo, limit: 2/h }`);
    const passed = async (path: string, headers: Headers): Promise<number> => (await statuses(gw, 13, path, headers)).filter((status) => status === 200).length;
    expect([await passed('/api/x', await bearer('1', 'candidat')), await passed('/api/x', await bearer('2', 'admin')), await passed('/api/batch', await bearer('1', 'candidat'))]).toEqual([10, 13, 2]);
    expect(told((await gw.fetch('/api/x', { headers: await bearer('3', 'candidat') })))).toMatchObject({ 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '9' });
  });
});

describe('14: X-RateLimit fields of SuperSmartMatch', () => {
  it('are on every answer that was counted, and on no other', async () => {
    await using gw = await start(`defaults: { limit: { rate: 100/min, burst: 120, initial: 100 }, limitHeaders: { ietf: off, x: unix, window: on, retryAfter: off } }
routes: { a: { match: { path: /api/gateway/match }, to: echo } }
endpoints: { health: { at: [/api/gateway/health, /api/gateway/status], limit: off } }`);
    const [ok] = await asks(gw, 1, '/api/gateway/match', await bearer('1', 'candidat')) as [Reply];
    expect([ok.status, told(ok)]).toEqual([200, { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99', 'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/), 'x-ratelimit-window': '60' }]);
    const reset = Number(ok.headers['x-ratelimit-reset']) - Date.now() / 1_000;
    expect(reset).toBeGreaterThan(0);
    expect(reset).toBeLessThan(61);
    for (const path of ['/api/gateway/match', '/api/gateway/health', '/api/gateway/status']) {
      const [reply] = await asks(gw, 1, path) as [Reply];
      expect([path, reply.status, told(reply)]).toEqual([path, path.endsWith('match') ? 401 : 200, {}]);
    }
  });
});

describe('16: when the shared counters are away', () => {
  it.each([
    ['open, as PresencePro and SuperSmartMatch promise', 'allow', [200, 200, 200]],
    ['each process by itself', 'local', [200, 200, 429]],
    ['closed', 'deny', [503, 503, 503]],
  ])('%s', async (_what, away, expected) => {
    await using gw = await start(`redis: { url: "redis://127.0.0.1:1" }\nroutes: { a: { match: { path: /a }, to: echo, authenticate: none, limit: { rate: 2/h, away: ${away} } } }`);
    expect(await statuses(gw, 3, '/a')).toEqual(expected);
  });
});
