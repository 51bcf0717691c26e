import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { API, signingKey, TestIssuer } from '../support/oidc.js';
import { signed } from '../../src/auth/auth.fixture.js';

// Providers and gateways start in each test; machines may be busy.
jest.setTimeout(20_000);

const CLIENT = { id: 'robot', secret: 'a secret of the robot' };

async function issuer(options = {}, keys = [signingKey('one')]): Promise<TestIssuer> {
  const started = await TestIssuer.start(options, keys);
  await started.client({ client_id: CLIENT.id, client_secret: CLIENT.secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] });
  return started;
}

const file = (options: string): string => `
authenticate: { partners: { use: jwt, audience: ${API}, ${options} } }
routes: { things: { match: { path: /things }, to: echo } }
`;

const ask = (gate: TestGateway, token: string): Promise<Reply> => gate.fetch('/things', { headers: { authorization: `Bearer ${token}` } });
const reason = ({ json }: Reply): unknown => json()['reason'];

it.each([
  ['discovery', (url: string) => `discover: "${url}"`, ''],
  ['discovery below a path', (url: string) => `discover: "${url}"`, '/realms/school'],
  ['the address of the set', (url: string) => `jwksUrl: "${url}/jwks"`, ''],
])('takes tokens of an issuer by %s', async (_how, options, path) => {
  await using there = await issuer({ path });
  await using gate = await gateway(file(options(there.url)));
  const reply = await ask(gate, await there.token(CLIENT));
  expect([reply.status, reply.seen.headers['x-user-id']]).toEqual([200, CLIENT.id]);
  const again = await ask(gate, await there.token(CLIENT));
  expect(again.status).toBe(200);
  expect(there.count(`${path}/jwks`)).toBe(1);
});

it('discovers an issuer that speaks only RFC 8414', async () => {
  await using there = await issuer({ path: '/a' });
  const metadata = await (await fetch(`${there.url}/.well-known/openid-configuration`)).text();
  there.instead.set('/a/.well-known/openid-configuration', (response) => response.writeHead(404).end());
  there.instead.set('/.well-known/oauth-authorization-server/a', (response) => response.end(metadata));
  await using gate = await gateway(file(`discover: "${there.url}"`));
  expect((await ask(gate, await there.token(CLIENT))).status).toBe(200);
});

it('believes no issuer that calls itself otherwise', async () => {
  await using there = await issuer();
  await using gate = await gateway(file(`discover: "${there.url}/"`));
  const reply = await ask(gate, await there.token(CLIENT));
  expect([reply.status, reply.json()['code'] ?? reply.json()['type']]).toEqual([503, expect.stringContaining('issuer-away')]);
});

it('accepts only its own issuer where it discovers one, and checks audiences', async () => {
  const key = signingKey('one');
  await using there = await issuer({}, [key]);
  await using gate = await gateway(file(`discover: "${there.url}"`));
  const forged = (claims: object): string => signed({ alg: 'RS256', kid: 'one' }, { sub: '7', iss: there.url, aud: API, exp: Date.now() / 1000 + 60, ...claims }, createPrivateKey({ key: key as never, format: 'jwk' }));
  expect((await ask(gate, forged({}))).status).toBe(200);
  expect(reason(await ask(gate, forged({ iss: 'https://other.example.com' })))).toBe('wrong-issuer');
  expect(reason(await ask(gate, forged({ aud: 'somebody else' })))).toBe('wrong-audience');
  expect(reason(await ask(gate, forged({ exp: 1 })))).toBe('expired');
});

it('sees a new key at once, and no token of a key that is gone, remembered or not', async () => {
  const [one, two] = [signingKey('one'), signingKey('two')];
  await using there = await issuer({}, [one]);
  await using gate = await gateway(file(`discover: "${there.url}", refresh: { cooldown: 100ms }`));
  const old = await there.token(CLIENT);
  const unseen = await there.token(CLIENT);
  expect((await ask(gate, old)).status).toBe(200);
  there.publish([two, one]);
  expect((await ask(gate, await there.token(CLIENT))).status).toBe(200);
  expect((await ask(gate, old)).status).toBe(200);
  await sleep(150);
  const three = signingKey('three');
  there.publish([three]);
  expect((await ask(gate, await there.token(CLIENT))).status).toBe(200);
  expect(reason(await ask(gate, old))).toBe('unknown-key');
  expect(reason(await ask(gate, unseen))).toBe('unknown-key');
});

it('takes a key back by and by, though nobody names another', async () => {
  const [one, two] = [signingKey('one'), signingKey('two')];
  await using there = await issuer({}, [one]);
  await using gate = await gateway(file(`discover: "${there.url}", refresh: { every: 200ms }`));
  const old = await there.token(CLIENT);
  expect((await ask(gate, old)).status).toBe(200);
  there.publish([two]);
  // Not used for more than twice the time: it waits for the new set, and does not go by what it remembers.
  await sleep(500);
  expect(reason(await ask(gate, old))).toBe('unknown-key');
});

it('asks the issuer once in a while, however many key ids are invented', async () => {
  await using there = await issuer();
  await using gate = await gateway(file(`discover: "${there.url}"`));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const invented = Array.from({ length: 40 }, (_, i) => signed({ alg: 'RS256', kid: `' or 1=1 -- ${i}` }, { sub: '7', exp: Date.now() / 1000 + 60 }, privateKey));
  const replies = await Promise.all(invented.map((token) => ask(gate, token)));
  expect(replies.every((reply) => reply.status === 401 && reason(reply) === 'unknown-key')).toBe(true);
  for (const token of invented) await ask(gate, token);
  // The first look, and the one that the first unknown key was worth.
  expect(there.count('/jwks')).toBe(2);
});

it('shares one fetch between all who wait for it', async () => {
  await using there = await issuer();
  await using gate = await gateway(file(`discover: "${there.url}"`));
  const tokens = await Promise.all(Array.from({ length: 20 }, () => there.token(CLIENT)));
  const replies = await Promise.all(tokens.map((token) => ask(gate, token)));
  expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(there.count('/jwks')).toBe(1);
});

it('starts without its issuer, tells so with 503, and takes tokens once it is there', async () => {
  await using there = await issuer();
  const token = await there.token(CLIENT);
  await there.close();
  await using gate = await gateway(file(`discover: "${there.url}", refresh: { cooldown: 100ms }`));
  const reply = await ask(gate, token);
  expect([reply.status, reply.headers['retry-after'], reply.headers['www-authenticate']]).toEqual([503, '1', undefined]);
  expect(reply.text).not.toContain('127.0.0.1');
  await there.open();
  await sleep(150);
  expect((await ask(gate, token)).status).toBe(200);
});

it('goes on with the last good keys while the issuer is away, also over a reload', async () => {
  await using there = await issuer();
  const options = `discover: "${there.url}", refresh: { every: 100ms, cooldown: 100ms }`;
  await using gate = await gateway(file(options));
  const [first, second, third] = [await there.token(CLIENT), await there.token(CLIENT), await there.token(CLIENT)] as const;
  expect((await ask(gate, first)).status).toBe(200);
  await there.close();
  await sleep(300);
  expect((await ask(gate, first)).status).toBe(200);
  expect((await ask(gate, second)).status).toBe(200);
  await gate.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}" } }\n${file(options)}\n  others: { match: { path: /others }, to: echo }`.replace('routes: { things: { match: { path: /things }, to: echo } }', 'routes:\n  things: { match: { path: /things }, to: echo }'));
  expect((await gate.fetch('/others', { headers: { authorization: `Bearer ${third}` } })).status).toBe(200);
});

it.each([
  ['hangs', (there: TestIssuer) => there.hanging.add('/jwks')],
  ['answers with an error', (there: TestIssuer) => there.instead.set('/jwks', (response) => response.writeHead(500).end())],
  ['sends us elsewhere', (there: TestIssuer) => there.instead.set('/jwks', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())],
  ['talks nonsense', (there: TestIssuer) => there.instead.set('/jwks', (response) => response.end('<html>'))],
  ['never stops', (there: TestIssuer) => there.instead.set('/jwks', (response) => response.end(`{"keys":[],"x":"${'x'.repeat(1_000_000)}"}`))],
])('an issuer that %s is away', async (_what, break_) => {
  await using there = await issuer();
  break_(there);
  await using gate = await gateway(file(`jwksUrl: "${there.url}/jwks", refresh: { timeout: 300ms }`));
  expect((await ask(gate, await there.token(CLIENT))).status).toBe(503);
});

it('takes nothing but public keys from a set', async () => {
  const key = signingKey('one');
  await using there = await issuer({}, [key]);
  const secret = 'a shared secret that was published by accident';
  there.instead.set('/jwks', (response) => response.end(JSON.stringify({ keys: [key, { kty: 'oct', kid: 'shared', k: Buffer.from(secret).toString('base64url') }] })));
  await using gate = await gateway(file(`jwksUrl: "${there.url}/jwks", algorithms: [RS256, HS256], secret: "another secret that is long enough for it"`));
  expect(reason(await ask(gate, await there.token(CLIENT)))).toBe('unknown-key');
  expect(reason(await ask(gate, signed({ alg: 'HS256', kid: 'shared' }, { sub: '7', aud: API, exp: Date.now() / 1000 + 60 }, secret)))).toBe('bad-signature');
});

it.each([
  ['discover: "http://issuer.example.com"', /must begin with https/],
  ['jwksUrl: "not an address"', /is not an address/],
  ['jwksUrl: "https://user:secret@issuer.example.com"', /holds a password/],
  ['discover: "https://a.example.com", jwksUrl: "https://a.example.com/jwks"', /not both/],
  ['discover: "https://a.example.com", algorithms: [HS256]', /none of `algorithms`/],
])('refuses %s', async (options, message) => {
  await expect(gateway(file(options))).rejects.toThrow(message);
});
