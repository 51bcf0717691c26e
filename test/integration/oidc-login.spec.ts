import { jest } from '@jest/globals';
import { Browser, type Page } from '../support/browser.js';
import { gateway } from '../support/gateway.js';
import { API } from '../support/oidc.js';
import { COOKIE_SECRET, loginBench, loginFile } from '../support/oidc-login.js';

// Providers and gateways start in each test; machines may be busy.
jest.setTimeout(20_000);

type Seen = { readonly path: string; readonly headers: Record<string, string> };
const seen = ({ text }: Page): Seen => JSON.parse(text) as Seen;

it.each([['a client with a secret', true], ['a public client', false]])('signs somebody in who opens a page, as %s', async (_what, secret) => {
  await using bench = await loginBench({ options: 'redirect: on', secret });
  const page = await bench.browser.open(`${bench.url}/things/7?a=b%20c`);
  expect([page.status, page.url]).toEqual([200, `${bench.url}/things/7?a=b%20c`]);
  expect(seen(page).headers).toMatchObject({ 'x-user-id': 'ada' });
  expect(page.hops[1]).toBe(`${bench.url}/auth/login?return=${encodeURIComponent('/things/7?a=b%20c')}`);
  const authorization = new URL(page.hops[2] as string).searchParams;
  expect(Object.fromEntries(authorization)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', scope: 'openid email profile', redirect_uri: `${bench.url}/auth/callback` });
  for (const name of ['state', 'nonce', 'code_challenge']) expect(authorization.get(name)).toMatch(/^[\w-]{43}$/);
});

it('A6: tells who is signed in, with the roles of the claims under the names of the file', async () => {
  await using bench = await loginBench({ more: 'roles: { alias: { staff: employee } }' });
  await bench.signIn();
  const me = await bench.browser.ask(`${bench.url}/auth/me`);
  expect(me.json()).toMatchObject({ id: 'ada', email: 'ada@example.com', roles: ['admin', 'teacher', 'employee'] });
  expect(me.headers['cache-control']).toBe('no-store');
  expect(JSON.stringify(me.json())).not.toMatch(/token/);
});

it('gives programs 401 and never a redirect', async () => {
  await using bench = await loginBench({ options: 'redirect: on' });
  await using stranger = new Browser();
  for (const page of [await stranger.ask(`${bench.url}/things`), await stranger.open(`${bench.url}/things`, { method: 'POST' }), await stranger.ask(`${bench.url}/auth/me`)]) {
    expect([page.status, page.headers['www-authenticate'], page.headers['location']]).toEqual([401, 'Cookie', undefined]);
  }
  const plain = await bench.gate.fetch('/things');
  expect(plain.status).toBe(401);
  expect((await bench.gate.fetch('/things', { headers: { accept: 'text/html' } })).status).toBe(302);
});

it('keeps its cookies from services, and leaves them all others', async () => {
  await using bench = await loginBench({ more: '' });
  await bench.signIn();
  const names = Object.keys(bench.browser.cookies(bench.url));
  expect(names).toContain('session');
  bench.browser.put(bench.url, { theme: 'dark', sessions: '1', session2: '2' });
  const { cookie } = seen(await bench.browser.open(`${bench.url}/things`)).headers;
  expect(cookie?.split('; ')).toEqual(expect.arrayContaining(['theme=dark', 'sessions=1', 'session2=2']));
  expect(cookie).not.toMatch(/session=/);
});

it('keeps its cookies from public routes too', async () => {
  await using bench = await loginBench();
  await bench.gate.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}" } }\n${loginFile(bench.issuer.url).replace('to: echo }', 'to: echo, authenticate: none }')}`);
  await bench.signIn();
  expect(seen(await bench.browser.open(`${bench.url}/things`)).headers['cookie'] ?? '').not.toMatch(/session=/);
});

it.each([
  ['access_token', /^Bearer eyJ/],
  ['id_token', /^Bearer eyJ/],
  ['none', /^$/],
])('passes on %s', async (forward, expected) => {
  await using bench = await loginBench({ options: `forward: ${forward}\n    scopes: [openid, read]\n    parameters: { resource: "${API}" }`, client: { grant_types: ['authorization_code', 'refresh_token'] } });
  await bench.signIn();
  expect(seen(await bench.browser.open(`${bench.url}/things`)).headers['authorization'] ?? '').toMatch(expected);
});

it('takes further claims from the issuer where it is told to', async () => {
  await using bench = await loginBench({ options: 'userinfo: on' });
  await bench.signIn();
  expect(bench.issuer.count('/me')).toBe(1);
});

it('lays a large session into several cookies, and takes away what a smaller one leaves', async () => {
  await using bench = await loginBench();
  bench.issuer.user = 'eve';
  await bench.signIn();
  const large = Object.keys(bench.browser.cookies(bench.url)).filter((name) => /^session(\.\d)?$/.test(name));
  expect(large.length).toBeGreaterThan(1);
  expect((await bench.browser.ask(`${bench.url}/auth/me`)).json()).toMatchObject({ id: 'eve' });
  for (const value of Object.values(bench.browser.cookies(bench.url))) expect(value.length).toBeLessThan(4_000);
  bench.issuer.user = 'bob';
  bench.browser.forget(bench.issuer.url);
  await bench.signIn();
  expect(Object.keys(bench.browser.cookies(bench.url)).filter((name) => /^session(\.\d)?$/.test(name))).toEqual(['session']);
  expect((await bench.browser.ask(`${bench.url}/auth/me`)).json()).toMatchObject({ id: 'bob' });
});

it.each([
  ['plain HTTP', '', {}, 'session', /; Path=\/; HttpOnly; SameSite=Lax$/],
  ['HTTPS', '', { 'x-forwarded-proto': 'https' }, '__Host-session', /; Path=\/; HttpOnly; SameSite=Lax; Secure$/],
  ['HTTPS, for a domain', ', domain: example.com', { 'x-forwarded-proto': 'https' }, '__Secure-session', /; Path=\/; HttpOnly; SameSite=Lax; Secure; Domain=example.com$/],
  ['plain HTTP, said to be secure', ', secure: on', {}, '__Host-session', /; Secure$/],
  ['strict', ', sameSite: strict', {}, 'session', /; SameSite=Strict$/],
])('marks its cookie over %s', async (_how, cookie, headers, name, expected) => {
  await using bench = await loginBench({ cookie: `secret: "${COOKIE_SECRET}"${cookie}`, more: 'forwarded: { trust: [127.0.0.1] }', options: 'origin: "http://127.0.0.1:1"', client: { redirect_uris: ['http://127.0.0.1:1/auth/callback'] } });
  let page = await bench.browser.open(`${bench.url}/auth/login`, { hops: 0, headers });
  while (!String(page.headers['location']).startsWith('http://127.0.0.1:1/')) page = await bench.browser.open(new URL(String(page.headers['location']), page.url).href, { hops: 0, headers });
  const done = await bench.browser.open(String(page.headers['location']).replace('http://127.0.0.1:1', bench.url), { hops: 0, headers });
  expect(done.status).toBe(302);
  expect(bench.browser.field(bench.url, name)).toMatch(expected);
  expect(done.headers['cache-control']).toBe('no-store');
  expect((await bench.browser.ask(`${bench.url}/auth/me`, { headers })).json()).toMatchObject({ id: 'ada' });
});

it('tells why the issuer refused', async () => {
  await using bench = await loginBench();
  bench.issuer.user = '';
  const page = await bench.signIn();
  expect([page.status, page.json()]).toEqual([400, expect.objectContaining({ reason: 'refused', error: 'access_denied' })]);
});

it('is away with its issuer, and back with it', async () => {
  await using bench = await loginBench();
  await bench.issuer.close();
  const page = await bench.signIn();
  expect([page.status, page.headers['retry-after']]).toEqual([503, '1']);
  await bench.issuer.open();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect((await bench.signIn()).status).toBe(200);
});

it('has its operations wherever the file wants each', async () => {
  await using bench = await loginBench({ client: { redirect_uris: ['http://127.0.0.1:1/back'] }, options: 'origin: "http://127.0.0.1:1"' });
  const split = loginFile(bench.issuer.url, { options: 'origin: "http://127.0.0.1:1"\n    redirect: on' }).replace('endpoints: { login: { at: /auth } }', `endpoints:
  in: { serve: login, operation: login, at: /sign-in }
  back: { serve: login, operation: callback, at: /back }
  out: { serve: login, operation: logout, at: /sign-out }`);
  await bench.gate.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}" } }\n${split}`);
  const page = await bench.browser.open(`${bench.url}/things`, { hops: 1 });
  expect(page.hops[1]).toBe(`${bench.url}/sign-in?return=%2Fthings`);
  expect(new URL(String(page.headers['location'])).searchParams.get('redirect_uri')).toBe('http://127.0.0.1:1/back');
  expect((await bench.browser.open(`${bench.url}/sign-out`, { hops: 0 })).status).toBe(303);
});

const two = `
authenticate:
  one: { use: oidc, issuer: "https://a.example.com", clientId: app, cookie: { secret: "${COOKIE_SECRET}" } }
  two: { use: oidc, issuer: "https://b.example.com", clientId: app, cookie: { name: other, secret: "${COOKIE_SECRET}" } }
routes: { things: { match: { path: /things }, to: echo } }
`;

it.each([
  ['several issuers and no word which', `${two}endpoints: { login: { at: /auth } }`, /several authenticators/],
  ['an authenticator that is none of the kind', `${two}endpoints: { login: { at: /auth, authenticator: three } }`, /none of the kind oidc/],
  ['an operation that does not exist', `${two}endpoints: { login: { at: /auth, authenticator: one, operation: delete } }`, /there is no "delete"/],
  ['a short secret', loginFile('https://a.example.com', { cookie: 'secret: "too short"' }), /shorter than 32/],
  ['plain HTTP', loginFile('http://a.example.com'), /must begin with https/],
  ['a parameter of its own', loginFile('https://a.example.com', { options: 'parameters: { state: x }' }), /says? .*itself|said by the gateway itself/],
])('does not start with %s', async (_what, yaml, message) => {
  await expect(gateway(yaml)).rejects.toThrow(message);
});
