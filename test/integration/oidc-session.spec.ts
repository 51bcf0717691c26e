import { createPrivateKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { until } from '#libs/testing';
import { Browser, type Page } from '../support/browser.js';
import { API, signingKey, type TestIssuer } from '../support/oidc.js';
import { APP, COOKIE_SECRET, loginBench, loginFile, type LoginBench } from '../support/oidc-login.js';
import { signed } from '../../src/auth/auth.fixture.js';

// Providers and gateways start in each test; machines may be busy.
jest.setTimeout(60_000);

const HEAD = 'version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "${ECHO}" } }\n';
const renewals = (issuer: TestIssuer): number => issuer.count('/token') - 1;
/** Asks again and again. @returns what it was answered, each status once, up to the one that is waited for. */
async function statusesUntil(last: number, bench: LoginBench): Promise<readonly number[]> {
  const statuses = new Set<number>();
  const end = Date.now() + 15_000;
  while (!statuses.has(last) && Date.now() < end) {
    statuses.add((await things(bench)).status);
    await sleep(50);
  }
  return [...statuses];
}

const things = ({ browser, url }: LoginBench): Promise<Page> => browser.ask(`${url}/things`);

it('renews the tokens before they end, once for all who come at the same time, and for who comes late with the old ones', async () => {
  await using bench = await loginBench({ issuer: { accessTokenTtl: 6 }, options: 'forward: access_token\n    parameters: { resource: "urn:test:api" }' });
  await bench.signIn();
  const first = bench.browser.cookies(bench.url);
  const token = (page: Page): unknown => (page.json()['headers'] as Record<string, unknown>)['authorization'];
  const before = token(await things(bench));
  expect(renewals(bench.issuer)).toBe(0);
  // Into the last quarter of its time.
  await sleep(4_650);
  const browsers = Array.from({ length: 10 }, () => new Browser());
  for (const browser of browsers) browser.put(bench.url, first);
  const pages = await Promise.all(browsers.map((browser) => browser.ask(`${bench.url}/things`)));
  expect(pages.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(new Set(pages.map(token)).size).toBe(1);
  expect(token(pages[0] as Page)).not.toBe(before);
  expect(renewals(bench.issuer)).toBe(1);
  // Each of them got the new cookie, also whoever comes later with the old one, whose refresh token is used up.
  for (const page of pages) expect([page.headers['set-cookie']].flat().join()).toMatch(/session=1~/);
  expect(pages[0]?.headers['cache-control']).toBe('no-store');
  bench.browser.put(bench.url, first);
  const late = await things(bench);
  expect([late.status, renewals(bench.issuer)]).toEqual([200, 1]);
  expect(late.headers['set-cookie']).toBeDefined();
  // And what it got is good for the next one.
  await sleep(4_650);
  expect((await things(bench)).status).toBe(200);
  expect(renewals(bench.issuer)).toBe(2);
  await Promise.all(browsers.map((browser) => browser[Symbol.asyncDispose]()));
});

it('goes on while the issuer is away until its token ends, and then says so with 503 and not 401', async () => {
  await using bench = await loginBench({ issuer: { accessTokenTtl: 5 } });
  const before = Date.now();
  await bench.signIn();
  await bench.issuer.close();
  expect(await statusesUntil(503, bench)).toEqual([200, 503]);
  // A token’s moments are whole seconds, rounded down.
  expect(Date.now() - before).toBeGreaterThanOrEqual(4_000);
  const over = await things(bench);
  expect([over.status, over.headers['set-cookie']]).toEqual([503, undefined]);
  await bench.issuer.open();
  expect(await statusesUntil(200, bench)).toContain(200);
});

it('ends when the issuer renews the tokens no more', async () => {
  await using bench = await loginBench({ issuer: { accessTokenTtl: 4 } });
  await bench.signIn();
  bench.issuer.instead.set('/token', (response) => response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}'));
  expect(await statusesUntil(401, bench)).toEqual([200, 401]);
  expect((await things(bench)).status).toBe(401);
  expect(renewals(bench.issuer)).toBe(1);
});

it('ends with its token where there is nothing to renew it with', async () => {
  await using bench = await loginBench({ issuer: { accessTokenTtl: 4 }, client: { grant_types: ['authorization_code'] } });
  await bench.signIn();
  expect(await statusesUntil(401, bench)).toEqual([200, 401]);
  expect(renewals(bench.issuer)).toBe(0);
});

it('has no roles any more when the issuer says none with new tokens', async () => {
  await using bench = await loginBench({ issuer: { accessTokenTtl: 4 } });
  const key = signingKey('one');
  bench.issuer.publish([key]);
  await bench.signIn();
  const now = Math.floor(Date.now() / 1_000);
  const idToken = signed({ alg: 'RS256', kid: 'one' }, { iss: bench.issuer.url, aud: APP.id, sub: 'ada', iat: now, exp: now + 60 }, createPrivateKey({ key: key as never, format: 'jwk' }));
  bench.issuer.instead.set('/token', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: idToken })));
  const who = async () => (await bench.browser.ask(`${bench.url}/auth/me`)).json();
  expect((await who())['roles']).toEqual(['admin', 'teacher', 'staff']);
  while (renewals(bench.issuer) === 0) {
    await things(bench);
    await sleep(50);
  }
  expect(await who()).toMatchObject({ id: 'ada', email: 'ada@example.com', roles: [] });
});

it('does not take the tokens of one person for those of another', async () => {
  await using bench = await loginBench({ issuer: { accessTokenTtl: 4 } });
  const key = signingKey('one');
  bench.issuer.publish([key]);
  await bench.signIn();
  const now = Math.floor(Date.now() / 1_000);
  const idToken = signed({ alg: 'RS256', kid: 'one' }, { iss: bench.issuer.url, aud: APP.id, sub: 'bob', iat: now, exp: now + 60 }, createPrivateKey({ key: key as never, format: 'jwk' }));
  bench.issuer.instead.set('/token', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: idToken })));
  const seen = new Set<unknown>();
  while (!seen.has(undefined)) {
    seen.add((await bench.browser.ask(`${bench.url}/auth/me`)).json()['id']);
    await sleep(50);
  }
  expect([...seen]).toEqual(['ada', undefined]);
  expect(renewals(bench.issuer)).toBe(1);
});

it('ends when it was not used, and is kept by use', async () => {
  await using bench = await loginBench({ options: 'session: { idle: 4s }' });
  await bench.signIn();
  for (let i = 0; i < 3; i++) {
    await sleep(1_500);
    expect((await things(bench)).status).toBe(200);
  }
  await sleep(4_200);
  expect((await things(bench)).status).toBe(401);
});

it('ends after its time, however much it is used', async () => {
  await using bench = await loginBench({ options: 'session: { idle: off, max: 4s }' });
  await bench.signIn();
  expect(await statusesUntil(401, bench)).toEqual([200, 401]);
});

it('goes on with a new secret as long as the old one stands behind it', async () => {
  await using bench = await loginBench();
  await bench.signIn();
  const both = `secret: ["another secret for the cookies of these tests", "${COOKIE_SECRET}"]`;
  await bench.gate.rewrite(HEAD + loginFile(bench.issuer.url, { cookie: both }));
  expect((await things(bench)).status).toBe(200);
  await bench.gate.rewrite(HEAD + loginFile(bench.issuer.url, { cookie: 'secret: "another secret for the cookies of these tests"' }));
  expect((await things(bench)).status).toBe(401);
});

describe('logout', () => {
  it('ends the session here and at the issuer, also for who has a copy of the cookie', async () => {
    await using bench = await loginBench();
    await bench.signIn();
    const copy = bench.browser.cookies(bench.url);
    const page = await bench.browser.ask(`${bench.url}/auth/logout`, { method: 'POST', headers: { origin: bench.url } });
    const location = new URL(String(page.json()['location']));
    expect([page.status, location.origin + location.pathname]).toEqual([200, `${bench.issuer.url}/session/end`]);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ id_token_hint: expect.stringMatching(/^eyJ/), post_logout_redirect_uri: `${bench.url}/` });
    expect((await fetch(location)).status).toBe(200);
    expect(bench.browser.cookies(bench.url)).toEqual({});
    bench.browser.put(bench.url, copy);
    expect((await things(bench)).status).toBe(401);
    await until(() => bench.issuer.count('/token/revocation') > 0);
    await sleep(200);
    expect(bench.issuer.count('/token/revocation')).toBe(1);
  });

  it('sends a browser on', async () => {
    await using bench = await loginBench();
    await bench.signIn();
    const page = await bench.browser.open(`${bench.url}/auth/logout`, { method: 'POST', hops: 0, headers: { 'sec-fetch-site': 'same-origin' } });
    expect([page.status, page.headers['location']]).toEqual([303, expect.stringContaining('/session/end?')]);
  });

  it('ends the session here though the issuer is away', async () => {
    await using bench = await loginBench();
    await bench.signIn();
    const copy = bench.browser.cookies(bench.url);
    await bench.issuer.close();
    expect((await bench.browser.ask(`${bench.url}/auth/logout`, { method: 'POST' })).status).toBe(200);
    bench.browser.put(bench.url, copy);
    expect((await things(bench)).status).toBe(401);
  });

  it('takes away what is no session any more', async () => {
    await using bench = await loginBench();
    bench.browser.put(bench.url, { 'session': '2~nonsense', 'session.1': 'more' });
    expect((await bench.browser.ask(`${bench.url}/auth/logout`, { method: 'POST' })).json()).toEqual({ location: '/' });
    expect(bench.browser.cookies(bench.url)).toEqual({});
  });

  it.each<[string, string, Record<string, string>, number]>([
    ['a form of another site', 'POST', { 'sec-fetch-site': 'cross-site', 'origin': 'https://evil.example.com' }, 403],
    ['a link of another site', 'GET', { 'sec-fetch-site': 'cross-site' }, 403],
    ['an image of another host of the domain', 'GET', { 'sec-fetch-site': 'same-site' }, 403],
    ['a link of this site', 'GET', { 'sec-fetch-site': 'same-origin' }, 303],
    ['the person at the browser', 'GET', { 'sec-fetch-site': 'none' }, 303],
  ])('by %s', async (_who, method, headers, status) => {
    await using bench = await loginBench();
    await bench.signIn();
    expect((await bench.browser.open(`${bench.url}/auth/logout`, { method, headers, hops: 0 })).status).toBe(status);
    expect((await things(bench)).status).toBe(status === 403 ? 200 : 401);
  });
});

it(`asks for a token of an API where it is told to (${API})`, async () => {
  await using bench = await loginBench({ options: `parameters: { resource: "${API}" }` });
  expect((await bench.signIn()).status).toBe(200);
});
