import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { TestIssuer } from '../support/oidc.js';

// Providers and gateways start in each test; machines may be busy.
jest.setTimeout(60_000);

const CLIENT = { id: 'robot', secret: 'a secret of the robot' };
/** With what only an encoded form can carry (RFC 6749 2.3.1). */
const GATEWAY = { id: 'the:gateway', secret: 'its secret: 100% & more' };
const PATH = '/token/introspection';

async function issuer(options = {}): Promise<TestIssuer> {
  const started = await TestIssuer.start(options);
  const robot = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  await started.client({ ...robot, client_id: CLIENT.id, client_secret: CLIENT.secret });
  await started.client({ ...robot, client_id: GATEWAY.id, client_secret: GATEWAY.secret });
  await started.client({ ...robot, client_id: 'poster', client_secret: GATEWAY.secret, token_endpoint_auth_method: 'client_secret_post' });
  return started;
}

const file = (options: string, id = GATEWAY.id): string => `
authenticate: { partners: { use: introspection, clientId: "${id}", clientSecret: "${GATEWAY.secret}", claims: { id: [sub, client_id] }, ${options} } }
routes: { things: { match: { path: /things }, to: echo, authorize: { scopes: [read] } } }
`;

const ask = (gate: TestGateway, token: string): Promise<Reply> => gate.fetch('/things', { headers: { authorization: `Bearer ${token}` } });
const verdict = ({ json, status }: Reply): unknown => [status, json()['reason'] ?? null];

it.each([
  ['by discovery', ({ url }: TestIssuer) => `discover: "${url}"`, GATEWAY.id],
  ['by address', ({ url }: TestIssuer) => `url: "${url}${PATH}"`, GATEWAY.id],
  ['with its secret in the form', ({ url }: TestIssuer) => `url: "${url}${PATH}", clientAuth: post`, 'poster'],
])('asks the issuer %s, once for each token', async (_how, options, id) => {
  await using there = await issuer();
  await using gate = await gateway(file(options(there), id));
  const token = await there.token(CLIENT, 'opaque');
  const replies = await Promise.all(Array.from({ length: 20 }, () => ask(gate, token)));
  expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(replies[0]?.seen.headers['x-user-id']).toBe(CLIENT.id);
  expect((await ask(gate, token)).status).toBe(200);
  expect(there.count(PATH)).toBe(1);
});

it('remembers for a short time what is not active, and asks about the empty and the huge never', async () => {
  await using there = await issuer();
  await using gate = await gateway(file(`url: "${there.url}${PATH}", remember: { refused: 3s }`));
  const made = 'x'.repeat(43);
  expect(verdict(await ask(gate, made))).toEqual([401, 'inactive']);
  expect(verdict(await ask(gate, made))).toEqual([401, 'inactive']);
  expect(there.count(PATH)).toBe(1);
  await sleep(3_100);
  expect(verdict(await ask(gate, made))).toEqual([401, 'inactive']);
  expect(there.count(PATH)).toBe(2);
  expect(verdict(await ask(gate, ''))).toEqual([401, 'inactive']);
  expect(verdict(await ask(gate, 'x'.repeat(8_193)))).toEqual([401, 'too-large']);
  expect(there.count(PATH)).toBe(2);
});

it('is asked after those that know their issuers, and gets what is no token of theirs', async () => {
  await using there = await issuer();
  const first = 'people: { use: jwt, secret: "a secret that is long enough for a test", issuer: "https://people.example" }';
  await using gate = await gateway(file(`url: "${there.url}${PATH}"`).replace('authenticate: { partners', `authenticate: { ${first}, partners`));
  const { seen, status } = await ask(gate, await there.token(CLIENT, 'opaque'));
  expect([status, seen.headers['x-user-id']]).toEqual([200, CLIENT.id]);
  expect(verdict(await ask(gate, 'x'.repeat(43)))).toEqual([401, 'inactive']);
});

it('asks again when the time is over, and then a token that was taken back is none', async () => {
  await using there = await issuer();
  await using gate = await gateway(file(`url: "${there.url}${PATH}", remember: { for: 3s }`));
  const token = await there.token(CLIENT, 'opaque');
  expect((await ask(gate, token)).status).toBe(200);
  await fetch(`${there.url}/token/revocation`, {
    method: 'POST', body: new URLSearchParams({ token }), headers: { authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}` },
  });
  expect((await ask(gate, token)).status).toBe(200);
  await sleep(3_100);
  expect(verdict(await ask(gate, token))).toEqual([401, 'inactive']);
});

it('never remembers a token past its own end', async () => {
  await using there = await issuer({ accessTokenTtl: 5 });
  await using gate = await gateway(file(`url: "${there.url}${PATH}", tolerance: 0s`));
  const token = await there.token(CLIENT, 'opaque');
  expect((await ask(gate, token)).status).toBe(200);
  await sleep(5_100);
  expect((await ask(gate, token)).status).toBe(401);
});

it('goes by what it remembers while the issuer is away; others get 503, and the outage is not remembered', async () => {
  await using there = await issuer();
  await using gate = await gateway(file(`discover: "${there.url}"`));
  const [known, unknown] = [await there.token(CLIENT, 'opaque'), await there.token(CLIENT, 'opaque')];
  expect((await ask(gate, known)).status).toBe(200);
  await there.close();
  expect((await ask(gate, known)).status).toBe(200);
  const away = await ask(gate, unknown);
  expect([away.status, away.headers['retry-after']]).toEqual([503, '1']);
  await there.open();
  expect((await ask(gate, unknown)).status).toBe(200);
});

it.each([
  ['hangs', (there: TestIssuer) => there.hanging.add(PATH)],
  ['knows the gateway not', (there: TestIssuer) => there.instead.set(PATH, (response) => response.writeHead(401).end())],
  ['says neither yes nor no', (there: TestIssuer) => there.instead.set(PATH, (response) => response.end('{"active":"true"}'))],
  ['talks nonsense', (there: TestIssuer) => there.instead.set(PATH, (response) => response.end('[]'))],
])('an issuer that %s is away', async (_what, break_) => {
  await using there = await issuer();
  break_(there);
  await using gate = await gateway(file(`url: "${there.url}${PATH}", timeout: 300ms`));
  expect((await ask(gate, await there.token(CLIENT, 'opaque'))).status).toBe(503);
});

it.each<[string, object, string]>([
  ['of another issuer', { iss: 'https://other.example.com' }, 'wrong-issuer'],
  ['for somebody else', { aud: 'others' }, 'wrong-audience'],
  ['that is over, whatever the issuer says', { exp: 1 }, 'expired'],
  ['that has not begun', { nbf: 99_999_999_999 }, 'not-yet-valid'],
  ['of nobody', { sub: undefined }, 'missing-claim'],
])('refuses an active token %s', async (_what, claims, reason) => {
  await using there = await issuer();
  there.instead.set(PATH, (response) => response.end(JSON.stringify({ active: true, sub: '7', iss: 'us', aud: 'api', scope: 'read', ...claims })));
  await using gate = await gateway(file(`url: "${there.url}${PATH}", issuer: us, audience: api`));
  expect(verdict(await ask(gate, 'anything'))).toEqual([401, reason]);
});

it.each([
  ['{}', /either `url` or `discover`/],
  ['{ url: "https://a.example.com", discover: "https://a.example.com" }', /either `url` or `discover`/],
  ['{ url: "http://a.example.com/introspect" }', /must begin with https/],
])('refuses %s', async (options, message) => {
  await expect(gateway(file(options.slice(1, -1).trim() || 'timeout: 1s'))).rejects.toThrow(message);
});
