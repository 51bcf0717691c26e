import { createPrivateKey } from 'node:crypto';
import WebSocket from 'ws';
import { jest } from '@jest/globals';
import { Browser, type Page } from '../support/browser.js';
import { APP, COOKIE_SECRET, loginBench, type LoginBench } from '../support/oidc-login.js';
import { signingKey } from '../support/oidc.js';
import { signed } from '../../src/auth/auth.fixture.js';

// Providers and gateways start in each test; machines may be busy.
jest.setTimeout(20_000);

const me = ({ browser, url }: LoginBench): Promise<Page> => browser.ask(`${url}/auth/me`);
const verdict = (page: Page): unknown => [page.status, page.json()['reason']];
const isSession = (cookies: Readonly<Record<string, string>>): boolean => 'session' in cookies;

describe('the callback', () => {
  it('of somebody else’s login signs nobody in', async () => {
    await using bench = await loginBench();
    const attacker = new Browser();
    const link = await bench.untilCallback(attacker);
    // A victim without a login of its own, and one in the middle of it.
    expect(verdict(await bench.browser.open(link, { hops: 0 }))).toEqual([400, 'state']);
    await bench.browser.open(`${bench.url}/auth/login`, { hops: 0 });
    expect(verdict(await bench.browser.open(link, { hops: 0 }))).toEqual([400, 'state']);
    expect(isSession(bench.browser.cookies(bench.url))).toBe(false);
    await attacker[Symbol.asyncDispose]();
  });

  it('with the code of somebody else’s login and a state of one’s own signs nobody in', async () => {
    await using bench = await loginBench();
    const attacker = new Browser();
    const theirs = new URL(await bench.untilCallback(attacker));
    const own = new URL(await bench.untilCallback());
    own.searchParams.set('code', theirs.searchParams.get('code') as string);
    expect(verdict(await bench.browser.open(own.href, { hops: 0 }))).toEqual([400, 'refused']);
    expect(isSession(bench.browser.cookies(bench.url))).toBe(false);
    await attacker[Symbol.asyncDispose]();
  });

  it('works once, also for who kept the cookie', async () => {
    await using bench = await loginBench();
    const link = await bench.untilCallback();
    const kept = bench.browser.cookies(bench.url);
    expect((await bench.browser.open(link, { hops: 0 })).status).toBe(302);
    expect(Object.keys(bench.browser.cookies(bench.url))).toEqual(['session']);
    expect(verdict(await bench.browser.open(link, { hops: 0 }))).toEqual([400, 'state']);
    const copy = new Browser();
    copy.put(bench.url, kept);
    expect(verdict(await copy.open(link, { hops: 0 }))).toEqual([400, 'state']);
    expect(bench.issuer.count('/token')).toBe(1);
    await copy[Symbol.asyncDispose]();
  });

  it.each<[string, (link: URL) => void, string]>([
    ['without a state', (link) => link.searchParams.delete('state'), 'state'],
    ['with a state made up', (link) => link.searchParams.set('state', 'made-up'), 'state'],
    ['with two states', (link) => link.searchParams.append('state', 'another'), 'answer'],
    ['with a code made up', (link) => link.searchParams.set('code', 'made-up'), 'refused'],
    ['without a code', (link) => link.searchParams.delete('code'), 'answer'],
    ['of another issuer', (link) => link.searchParams.set('iss', 'https://evil.example.com'), 'answer'],
    ['that does not say of which issuer', (link) => link.searchParams.delete('iss'), 'answer'],
    ['with an error', (link) => { link.searchParams.delete('code'); link.searchParams.set('error', '<script>alert(1)</script>'); }, 'answer'],
  ])('%s signs nobody in', async (_what, change, reason) => {
    await using bench = await loginBench();
    const link = new URL(await bench.untilCallback());
    change(link);
    const page = await bench.browser.open(link.href, { hops: 0 });
    expect(verdict(page)).toEqual([400, reason]);
    expect(page.text).not.toContain('<script>');
    expect(isSession(bench.browser.cookies(bench.url))).toBe(false);
  });

  it.each<[string, (claims: Record<string, unknown>) => object, string, boolean]>([
    ['as it should be', (claims) => claims, 'one', true],
    ['with another nonce', (claims) => ({ ...claims, nonce: 'another' }), 'one', false],
    ['without a nonce', ({ nonce: _nonce, ...claims }) => claims, 'one', false],
    ['for another client', (claims) => ({ ...claims, aud: 'another' }), 'one', false],
    ['of another issuer', (claims) => ({ ...claims, iss: 'https://evil.example.com' }), 'one', false],
    ['whose time is over', (claims) => ({ ...claims, exp: 1 }), 'one', false],
    ['of nobody', ({ sub: _sub, ...claims }) => claims, 'one', false],
    ['with a signature of somebody else', (claims) => claims, 'two', false],
  ])('with an ID token %s', async (_what, change, kid, good) => {
    await using bench = await loginBench();
    const [one, two] = [signingKey('one'), signingKey('two')];
    bench.issuer.publish([one]);
    const link = await bench.untilCallback();
    const now = Math.floor(Date.now() / 1000);
    const claims = change({ iss: bench.issuer.url, aud: APP.id, sub: 'ada', iat: now, exp: now + 60, nonce: bench.nonce });
    const token = signed({ alg: 'RS256', kid: 'one' }, claims, createPrivateKey({ key: (kid === 'one' ? one : two) as never, format: 'jwk' }));
    bench.issuer.instead.set('/token', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: token })));
    expect((await bench.browser.open(link, { hops: 0 })).status).toBe(good ? 302 : 400);
    expect(isSession(bench.browser.cookies(bench.url))).toBe(good);
  });
});

it.each([
  'https://evil.example.com', '//evil.example.com', '/\\evil.example.com', '\\\\evil.example.com', '/\t/evil.example.com', '/\n/evil.example.com',
  'javascript:alert(1)', 'evil.example.com', '/.//evil.example.com', '/..//evil.example.com', '/%0d%0aSet-Cookie:x/../\r\n', ' //evil.example.com', '///evil.example.com', '',
  `/${'x'.repeat(3_000)}`,
])('never ends at %j', async (path) => {
  await using bench = await loginBench();
  const page = await bench.browser.open(`${bench.url}/auth/login?return=${encodeURIComponent(path)}`, { hops: 0 });
  expect(page.status).toBe(422);
  expect(bench.browser.cookies(bench.url)).toEqual({});
});

it.each([
  ['/things?a=https://example.com', '/things?a=https://example.com'],
  ['/things#part', '/things#part'],
  ['/a/../things', '/things'],
  ['/thïngs', '/th%C3%AFngs'],
])('ends at %s', async (path, expected) => {
  await using bench = await loginBench();
  const page = await bench.signIn(path);
  expect(page.url.slice(bench.url.length)).toBe(expected);
});

describe('a session', () => {
  it('is another one after a login, whatever was there before', async () => {
    await using bench = await loginBench();
    const attacker = new Browser();
    bench.issuer.user = 'eve';
    await bench.signIn('/things', attacker);
    bench.browser.put(bench.url, attacker.cookies(bench.url));
    bench.issuer.user = 'ada';
    await bench.signIn();
    expect((await me(bench)).json()).toMatchObject({ id: 'ada' });
    expect((await attacker.ask(`${bench.url}/auth/me`)).json()).toMatchObject({ id: 'eve' });
    await attacker[Symbol.asyncDispose]();
  });

  it('is not what a login under way left in the browser', async () => {
    await using bench = await loginBench();
    await bench.browser.open(`${bench.url}/auth/login`, { hops: 0 });
    const pending = bench.browser.cookies(bench.url)['session.login'] as string;
    expect(pending).toMatch(/^1~/);
    bench.browser.put(bench.url, { session: pending });
    expect((await me(bench)).status).toBe(401);
  });

  it.each<[string, (value: string) => string]>([
    ['one bit of it', (value) => value.slice(0, -1) + (value.endsWith('A') ? 'Q' : 'A')],
    ['its algorithm', (value) => value.replace(/^1~[^.]*/, `1~${Buffer.from('{"alg":"none"}').toString('base64url')}`)],
    ['its length', (value) => value.slice(0, -10)],
    ['the number of its parts', (value) => value.replace(/^1~/, '9~')],
    ['all of it', () => '1~x'],
  ])('is none when somebody changes %s', async (_what, change) => {
    await using bench = await loginBench();
    await bench.signIn();
    bench.browser.put(bench.url, { session: change(bench.browser.cookies(bench.url)['session'] as string) });
    expect((await me(bench)).status).toBe(401);
  });

  it('of another gateway, or of another authenticator with the same secret, is none here', async () => {
    await using one = await loginBench();
    await using two = await loginBench({ cookie: 'secret: "a secret of another gateway, as long as it should be"' });
    await one.signIn();
    two.browser.put(two.url, one.browser.cookies(one.url));
    expect((await me(two)).status).toBe(401);
    await using three = await loginBench({ cookie: `secret: "${COOKIE_SECRET}"` });
    three.browser.put(three.url, one.browser.cookies(one.url));
    expect((await me(three)).status).toBe(401);
  });

  it('shows nothing of what is in it', async () => {
    await using bench = await loginBench();
    await bench.signIn();
    const text = Object.values(bench.browser.cookies(bench.url)).flatMap((value) => value.split('.')).map((part) => Buffer.from(part, 'base64url').toString('latin1')).join();
    expect(text).not.toMatch(/ada|example\.com|teacher|access/);
  });
});

describe('a request that changes something', () => {
  it.each<[string, Record<string, string>, number]>([
    ['a page of this origin', { 'sec-fetch-site': 'same-origin' }, 200],
    ['an older browser on this origin', { origin: '' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site', 'origin': 'https://evil.example.com' }, 403],
    ['another host of the domain', { 'sec-fetch-site': 'same-site', 'origin': 'https://evil.example.com' }, 403],
    ['an older browser on another site', { origin: 'https://evil.example.com' }, 403],
    ['a page that hides its origin', { origin: 'null' }, 403],
    ['nobody who says', {}, 403],
    ['an origin the file names', { 'sec-fetch-site': 'cross-site', 'origin': 'https://friend.example.com' }, 200],
    ['one that only looks like it', { 'sec-fetch-site': 'cross-site', 'origin': 'https://friend.example.com.evil.com' }, 403],
  ])('from %s', async (_who, headers, status) => {
    await using bench = await loginBench({ options: 'origins: ["https://friend.example.com"]' });
    await bench.signIn();
    const { session } = bench.browser.cookies(bench.url);
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === '' ? bench.url : value]));
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const reply = await bench.gate.fetch('/things', { method, headers: { cookie: `session=${session}`, ...sent } });
      expect(reply.status).toBe(status);
    }
    // To look is free: the answer stays with the browser.
    expect((await bench.gate.fetch('/things', { headers: { cookie: `session=${session}`, ...sent } })).status).toBe(200);
  });

  it.each([['this origin', true], ['another site', false]])('a WebSocket of %s', async (_who, good) => {
    await using bench = await loginBench();
    await bench.signIn();
    const { session } = bench.browser.cookies(bench.url);
    const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/things`, { headers: { cookie: `session=${session}`, origin: good ? bench.url : 'https://evil.example.com' } });
    const status = await new Promise<number>((resolve) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => {});
    });
    socket.terminate();
    expect(status === 403).toBe(!good);
  });
});
