import { createHmac, hash } from 'node:crypto';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { SECRET, token } from '../support/jwt.js';

const HEAD = `forwarded: { trust: [loopback] }
authenticate:
  users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] }
  signed: { use: hmac, clients: { shop: "${'s'.repeat(32)}", "old-shop": ["${'o'.repeat(32)}", "${'n'.repeat(32)}"] } }
roles: { implies: { head: [teacher] }, permissions: { teacher: ["grades:*"], clerk: [grades:read] }, superuser: root }
`;

type Headers = Record<string, string>;

const bearer = async (claims: Record<string, unknown>): Promise<Headers> => ({ authorization: `Bearer ${await token({ sub: 'ada', ...claims })}` });

/** Signed by the recipe of docs/authorisation.md, with node:crypto alone. */
function signature(method: string, path: string, { at = Date.now(), body = '', id = 'shop', secret = 's'.repeat(32) }: { at?: number; body?: string; id?: string; secret?: string } = {}): Headers {
  const timestamp = String(Math.floor(at / 1000));
  const text = [method, path, hash('sha256', body), timestamp, ''].join('\n');
  return { 'x-client-id': id, 'x-timestamp': timestamp, 'x-signature': createHmac('sha256', secret).update(text).digest('base64') };
}

const outcome = ({ status, text }: Reply): string => (status === 200 ? '200' : `${status} ${(JSON.parse(text) as { code: string }).code}`);

describe('what a route asks', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    gw = await gateway(`${HEAD}routes:
  own: { match: { path: /users/:id }, to: echo, authenticate: users, authorize: { anyOf: [{ owner: id }, { roles: [admin] }] } }
  tenant: { match: { path: "/tenants/:tenant/**" }, to: echo, authenticate: users, authorize: { owner: { param: tenant, claim: org.id } } }
  grades: { match: { path: /grades }, to: echo, authenticate: users, authorize: { permissions: [grades:write] } }
  read: { match: { path: /grades/read }, to: echo, authenticate: users, authorize: { permissions: { all: [grades:read] } } }
  notes: { match: { path: /notes }, to: echo, authenticate: users, authorize: { roles: [teacher], methods: { GET: any, "PUT,DELETE": { roles: [admin] }, PATCH: deny } } }
  news: { match: { path: /news }, to: echo, authenticate: { any: users, optional: on }, authorize: { methods: { GET: any, POST: { roles: [teacher] } } }, limit: { use: fixed-window, rate: 100/min, by: user } }
`);
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each<[string, string, string, Record<string, unknown> | null, string]>([
    ['the owner', 'GET', '/users/ada', {}, '200'],
    ['another one', 'GET', '/users/bob', {}, '403 forbidden'],
    ['an alternative', 'GET', '/users/bob', { role: 'admin' }, '200'],
    ['the superuser', 'GET', '/users/bob', { role: 'root' }, '200'],
    ['an id that is encoded', 'GET', '/users/a%20b%25', { sub: 'a b%' }, '200'],
    ['an id that is encoded twice', 'GET', '/users/a%2520b', { sub: 'a b' }, '403 forbidden'],
    ['an id in other letters', 'GET', '/users/Ada', {}, '403 forbidden'],
    ['nobody', 'GET', '/users/ada', null, '401 unauthenticated'],
    ['a claim', 'GET', '/tenants/7/x/y', { org: { id: 7 } }, '200'],
    ['one of a list of claims', 'GET', '/tenants/b', { org: { id: ['a', 'b'] } }, '200'],
    ['another claim', 'GET', '/tenants/8', { org: { id: 7 } }, '403 forbidden'],
    ['no claim', 'GET', '/tenants/undefined', {}, '403 forbidden'],
    ['a permission by a role', 'POST', '/grades', { role: 'teacher' }, '200'],
    ['a permission by an implied role', 'POST', '/grades', { role: 'head' }, '200'],
    ['another permission', 'POST', '/grades', { role: 'clerk' }, '403 forbidden'],
    ['a permission of the token', 'POST', '/grades', { permissions: ['grades:write'] }, '200'],
    ['a wildcard of the token, which means nothing', 'POST', '/grades', { permissions: ['grades:*'] }, '403 forbidden'],
    ['all permissions by a role', 'GET', '/grades/read', { role: 'clerk' }, '200'],
    ['a method with a rule', 'GET', '/notes', {}, '200'],
    ['HEAD by the rule of GET', 'HEAD', '/notes', {}, '200'],
    ['a method without one', 'POST', '/notes', {}, '403 forbidden'],
    ['a method without one, allowed', 'POST', '/notes', { role: 'teacher' }, '200'],
    ['one of two methods', 'DELETE', '/notes', { role: 'teacher' }, '403 forbidden'],
    ['a method that is closed', 'PATCH', '/notes', { role: 'admin' }, '403 forbidden'],
    ['a stranger where nothing is asked', 'GET', '/news', null, '200'],
    ['a stranger where something is asked', 'POST', '/news', null, '401 unauthenticated'],
    ['a caller where something is asked', 'POST', '/news', { role: 'teacher' }, '200'],
    ['a caller without it', 'POST', '/news', {}, '403 forbidden'],
  ])('%s: %s %s as %j is %s', async (_case, method, path, claims, expected) => {
    const reply = await gw.fetch(path, { method, headers: claims === null ? {} : await bearer(claims) });
    expect(method === 'HEAD' ? String(reply.status) : outcome(reply)).toBe(expected);
  });

  it('a public route knows who is calling, and refuses a bad credential', async () => {
    const known = await gw.fetch('/news', { headers: await bearer({ role: 'clerk' }) });
    expect(known.seen.headers).toMatchObject({ 'x-user-id': 'ada', 'x-user-permissions': 'grades:read' });
    expect((await gw.fetch('/news')).seen.headers).not.toHaveProperty('x-user-id');
    expect(outcome(await gw.fetch('/news', { headers: { authorization: 'Bearer nonsense' } }))).toBe('401 invalid-credential');
  });

  it('tells what is required', async () => {
    const { json } = await gw.fetch('/users/bob', { headers: await bearer({}) });
    expect(json()).toMatchObject({
      detail: 'This route needs your own id as :id, or one of the roles admin. Ask for it, or sign in as a caller who has it.',
      required: { anyOf: [{ owner: { param: 'id' } }, { roles: { any: ['admin'] } }] },
    });
  });
});

describe('several authenticators', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    gw = await gateway(`${HEAD}routes:
  either: { match: { path: /either }, to: echo, authenticate: [users, signed] }
  both: { match: { path: /both }, to: echo, authenticate: { all: signed, any: users } }
  app: { match: { path: /app }, to: echo, authenticate: { all: [signed, users] } }
  maybe: { match: { path: /maybe }, to: echo, authenticate: { all: signed, any: users, optional: on } }
`);
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each<[string, string, boolean, 'good' | 'bad' | 'none', string, string | null]>([
    ['the first', '/either', false, 'good', '200', 'ada'],
    ['the second where the first is absent', '/either', true, 'none', '200', 'shop'],
    ['a bad first, whatever the second', '/either', true, 'bad', '401 invalid-credential', null],
    ['neither', '/either', false, 'none', '401 unauthenticated', null],
    ['all and one of any: the caller is of any', '/both', true, 'good', '200', 'ada'],
    ['all without any', '/both', true, 'none', '401 unauthenticated', null],
    ['any without all', '/both', false, 'good', '401 signature-missing', null],
    ['all with a bad one of any', '/both', true, 'bad', '401 invalid-credential', null],
    ['all alone: the caller is of the first', '/app', true, 'good', '200', 'shop'],
    ['all alone, one absent', '/app', true, 'none', '401 unauthenticated', null],
    ['all and nobody', '/maybe', true, 'none', '200', 'shop'],
    ['all and somebody', '/maybe', true, 'good', '200', 'ada'],
    ['nobody without all', '/maybe', false, 'none', '401 signature-missing', null],
  ])('%s: %s', async (_case, path, signs, credential, expected, id) => {
    const user = credential === 'none' ? {} : credential === 'bad' ? { authorization: 'Bearer nonsense' } : await bearer({});
    const reply = await gw.fetch(path, { headers: { ...(signs ? signature('GET', path) : {}), ...user } });
    expect(outcome(reply)).toBe(expected);
    if (id !== null) expect(reply.seen.headers['x-user-id']).toBe(id);
  });
});

describe('signatures', () => {
  const ONCE = `authenticate:
  signed: { use: hmac, clients: { shop: "${'s'.repeat(32)}", both: ["${'o'.repeat(32)}", "${'n'.repeat(32)}"] } }
  once: { use: hmac, clients: "\${CLIENTS}", once: on, query: on, signed: [X-Tenant, content-type], headers: { client: X-App, timestamp: X-Time, signature: X-Sign } }
routes:
  signed: { match: { path: "/signed/**" }, to: echo, authenticate: signed, body: { limit: 100kB } }
  once: { match: { path: /once }, to: echo, authenticate: once }
`;
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(ONCE, { env: { CLIENTS: 'shop:a:b, other:c' } }); });
  afterAll(() => gw[Symbol.asyncDispose]());

  const BODY = JSON.stringify({ text: 'x'.repeat(80_000) });
  const minutes = (count: number): number => Date.now() + count * 60_000;

  it.each<[string, Headers, string]>([
    ['a good one', signature('POST', '/signed/a', { body: BODY }), '200'],
    ['the second secret of a client', signature('POST', '/signed/a', { body: BODY, id: 'both', secret: 'n'.repeat(32) }), '200'],
    ['none', {}, '401 signature-missing'],
    ['a header missing', { 'x-client-id': 'shop', 'x-timestamp': '1' }, '401 signature-missing'],
    ['an unknown client', signature('POST', '/signed/a', { body: BODY, id: 'nobody' }), '403 signing-key-unknown'],
    ['a client of the prototype', signature('POST', '/signed/a', { body: BODY, id: 'constructor' }), '403 signing-key-unknown'],
    ['of long ago', signature('POST', '/signed/a', { body: BODY, at: minutes(-6) }), '401 signature-expired'],
    ['of the future', signature('POST', '/signed/a', { body: BODY, at: minutes(6) }), '401 signature-expired'],
    ['a time that is none', { ...signature('POST', '/signed/a', { body: BODY }), 'x-timestamp': 'now' }, '401 signature-expired'],
    ['another secret', signature('POST', '/signed/a', { body: BODY, secret: 'o'.repeat(32) }), '403 signature-invalid'],
    ['another method', signature('PUT', '/signed/a', { body: BODY }), '403 signature-invalid'],
    ['another path', signature('POST', '/signed/b', { body: BODY }), '403 signature-invalid'],
    ['another body', signature('POST', '/signed/a', { body: `${BODY} ` }), '403 signature-invalid'],
    ['another time', { ...signature('POST', '/signed/a', { body: BODY }), 'x-timestamp': String(Math.floor(Date.now() / 1000) - 7) }, '403 signature-invalid'],
    ['bytes that are no signature', { ...signature('POST', '/signed/a', { body: BODY }), 'x-signature': 'AAAA' }, '403 signature-invalid'],
  ])('%s', async (_case, headers, expected) => {
    const reply = await gw.fetch('/signed/a?q=1', { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: BODY });
    expect(outcome(reply)).toBe(expected);
    if (expected === '200') expect([reply.seen.body, reply.seen.headers['x-user-id']]).toEqual([BODY, headers['x-client-id']]);
    if (expected.startsWith('401')) expect(reply.headers['www-authenticate']).toBe('Signature');
  });

  it.each([['chunks', undefined], ['a length', '120000']])('a body over the limit of the route, in %s, is 413', async (_form, length) => {
    const body = 'x'.repeat(120_000);
    const reply = await gw.fetch('/signed/a', { method: 'POST', headers: { ...signature('POST', '/signed/a', { body }), ...(length ? { 'content-length': length } : {}) }, body });
    expect(outcome(reply)).toBe('413 body-too-large');
  });

  it('a body that is empty is signed as such', async () => {
    const reply = await gw.fetch('/signed/a', { method: 'POST', headers: { ...signature('POST', '/signed/a'), 'content-length': '0' } });
    expect(outcome(reply)).toBe('200');
  });

  function appSignature(asked: string, tenant: string): Headers {
    const time = String(Math.floor(Date.now() / 1000));
    const text = `GET\n${asked}\n${hash('sha256', '')}\n${time}\ncontent-type:\nx-tenant:${tenant}`;
    return { 'x-app': 'shop', 'x-time': time, 'x-tenant': tenant, 'x-sign': createHmac('sha256', 'a:b').update(text).digest('base64') };
  }

  it('signs the query and further headers where the file says so, by clients of the environment', async () => {
    const headers = appSignature('/once?a=1', 'acme');
    expect(outcome(await gw.fetch('/once?a=2', { headers }))).toBe('403 signature-invalid');
    expect(outcome(await gw.fetch('/once?a=1', { headers: { ...headers, 'x-tenant': 'other' } }))).toBe('403 signature-invalid');
    expect(outcome(await gw.fetch('/once?a=1', { headers }))).toBe('200');
  });

  it('accepts a signature once, also after a reload', async () => {
    const headers = appSignature('/once?b', 'acme');
    const both = await Promise.all([gw.fetch('/once?b', { headers }), gw.fetch('/once?b', { headers })]);
    expect(both.map(outcome).toSorted()).toEqual(['200', '401 signature-expired']);
    const { version } = gw.gateway;
    await gw.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}" } }\n${ONCE.replace('/once', '/once/')}`);
    expect(gw.gateway.version).not.toBe(version);
    expect(outcome(await gw.fetch('/once?b', { headers }))).toBe('401 signature-expired');
  });

  it('is refused at load with several workers, each of which would accept it', async () => {
    await expect(gateway(`server: { workers: 2 }\n${ONCE}`, { env: { CLIENTS: 'shop:x' } })).rejects.toThrow('good once for each worker');
  });
});

describe('lists of addresses', () => {
  const from = (client: string): Headers => ({ 'x-forwarded-for': client });
  let gw: TestGateway;
  beforeAll(async () => {
    gw = await gateway(`${HEAD}routes:
  both: { match: { path: /both }, to: echo, authenticate: users, guards: [{ use: ip, allow: [10.0.0.0/8, "2001:db8::/32"], deny: 10.6.6.6 }], limit: { use: fixed-window, rate: 2/min, early: on } }
  deny: { match: { path: /deny }, to: echo, authenticate: none, guards: [{ use: ip, allow: "\${ALLOW}", deny: "\${DENY}" }], errors: { only: { address-refused: { body: { error: Forbidden } } } } }
`, { env: { ALLOW: '', DENY: '192.0.2.0/24,private' } });
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it('come before limits and credentials', async () => {
    for (const client of ['192.0.2.1', '10.6.6.6', '::ffff:10.6.6.6', '2001:db9::1']) {
      expect(outcome(await gw.fetch('/both', { headers: { ...from(client), authorization: 'Bearer nonsense' } }))).toBe('403 address-refused');
    }
    const good = await bearer({});
    for (const [client, expected] of [['10.1.1.1', '200'], ['::ffff:10.1.1.1', '200'], ['2001:db8::1', '200']] as const) {
      expect(outcome(await gw.fetch('/both', { headers: { ...from(client), ...good } }))).toBe(expected);
    }
  });

  it('are read from the environment, empty ones too, and refused in words of the platform', async () => {
    expect((await gw.fetch('/deny')).status).toBe(200);
    const { json, status } = await gw.fetch('/deny', { headers: from('192.168.1.1') });
    expect([status, json()]).toEqual([403, { error: 'Forbidden' }]);
  });
});
