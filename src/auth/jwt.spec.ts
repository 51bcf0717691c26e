import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { authenticatorOf, bearer, exchangeWith, problemOf, signed, StillClock } from './auth.fixture.js';
import { jwt } from './jwt.js';
import type { Algorithm } from './jwt/options.js';

const SECRET = 'a secret of more than sixty-four bytes, so that it is good for HS512 too';
const clock = new StillClock();
const payload = { sub: '7', email: 'ada@example.com', role: 'admin', exp: clock.seconds(60) };
const token = signed({ alg: 'HS256' }, payload, SECRET);

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }) as string;

it('is called jwt', () => {
  expect(jwt.name).toBe('jwt');
});

it.each<[Algorithm]>([['HS256'], ['HS384'], ['HS512']])('accepts %s', async (alg) => {
  const users = authenticatorOf({ secret: SECRET, algorithms: [alg] }, clock);
  expect(await users.authenticate(bearer(signed({ alg }, payload, SECRET)))).toMatchObject({ id: '7' });
});

describe.each<[Algorithm, { publicKey: KeyObject; privateKey: KeyObject }]>([
  ['RS256', rsa], ['RS384', rsa], ['RS512', rsa], ['PS256', rsa], ['PS384', rsa], ['PS512', rsa],
  ['ES256', curve('P-256')], ['ES384', curve('P-384')], ['ES512', curve('P-521')], ['EdDSA', ed25519],
])('%s', (alg, { publicKey, privateKey }) => {
  const good = signed({ alg, kid: 'one' }, payload, privateKey);
  const jwk = publicKey.export({ format: 'jwk' });

  it.each([
    ['PEM', { publicKey: pem(publicKey) }],
    ['a JWK', { publicKey: JSON.stringify(jwk) }],
    ['a list of keys', { keys: [{ kid: 'one', algorithm: alg, publicKey: pem(publicKey) }] }],
    ['a JWK set', { jwks: JSON.stringify({ keys: [{ ...jwk, kid: 'one', use: 'sig' }, { kty: 'unheard-of' }] }) }],
  ])('verifies with %s', async (_form, keys) => {
    const users = authenticatorOf({ ...keys, algorithms: [alg] }, clock);
    expect(await users.authenticate(bearer(good))).toMatchObject({ id: '7' });
  });
});

it('tells who it is, and that for good', async () => {
  const users = authenticatorOf({ secret: SECRET }, clock);
  const principal = await users.authenticate(bearer(token));
  expect(principal).toEqual({
    id: '7', email: 'ada@example.com', roles: ['admin'], permissions: [], scopes: [],
    authenticator: 'users', claims: payload, expiresAt: payload.exp * 1000,
  });
  expect(Object.isFrozen(principal)).toBe(true);
});

it.each([['nothing', []], ['another scheme', [['Authorization', 'Basic YTpi']]]] as const)('leaves %s to others', (_what, fields) => {
  expect(authenticatorOf({ secret: SECRET }, clock).authenticate(exchangeWith(fields))).toBeNull();
});

it('answers a remembered token without a promise, with the very same principal', async () => {
  const users = authenticatorOf({ secret: SECRET }, clock);
  const first = users.authenticate(bearer(token));
  expect(first).toBeInstanceOf(Promise);
  expect(users.authenticate(bearer(token))).toBeInstanceOf(Promise);
  const principal = await first;
  expect(users.authenticate(bearer(token))).toBe(principal);
});

it('verifies every time when told to remember none', async () => {
  const users = authenticatorOf({ secret: SECRET, remember: { max: 0 } }, clock);
  await users.authenticate(bearer(token));
  expect(users.authenticate(bearer(token))).toBeInstanceOf(Promise);
});

it('forgets a token when it expires, tolerance included', async () => {
  const moving = new StillClock();
  const users = authenticatorOf({ secret: SECRET, tolerance: '5s' }, moving);
  const short = signed({ alg: 'HS256' }, { sub: '7', exp: moving.seconds(10) }, SECRET);
  await users.authenticate(bearer(short));
  moving.advance(14_999);
  expect(users.authenticate(bearer(short))).toMatchObject({ id: '7' });
  moving.advance(1);
  const problem = await problemOf(() => users.authenticate(bearer(short)));
  expect([problem.type.code, problem.extras.members]).toEqual(['expired-credential', { reason: 'expired' }]);
});

it('ends a remembered token at its maximum age', async () => {
  const moving = new StillClock();
  const users = authenticatorOf({ secret: SECRET, maxAge: '1m', tolerance: '0s' }, moving);
  const long = signed({ alg: 'HS256' }, { sub: '7', iat: moving.seconds(), exp: moving.seconds(9999) }, SECRET);
  expect(await users.authenticate(bearer(long))).toMatchObject({ expiresAt: moving.now() + 60_000 });
  moving.advance(60_000);
  expect((await problemOf(() => users.authenticate(bearer(long)))).extras.members).toEqual({ reason: 'expired' });
});

it('remembers no token that was refused', async () => {
  const users = authenticatorOf({ secret: SECRET }, clock);
  const forged = signed({ alg: 'HS256' }, payload, 'another secret');
  await problemOf(() => users.authenticate(bearer(forged)));
  expect((await problemOf(() => users.authenticate(bearer(forged)))).extras.members).toEqual({ reason: 'bad-signature' });
});

it('challenges as RFC 6750 says, with its own scheme', async () => {
  const users = authenticatorOf({ secret: SECRET, from: [{ header: 'X-Auth', scheme: 'Token' }] }, clock);
  expect(users.challenge).toBe('Token');
  const problem = await problemOf(() => users.authenticate(exchangeWith([['X-Auth', 'Token x.y.z']])));
  expect(problem.extras.headers).toEqual({
    'WWW-Authenticate': 'Token error="invalid_token", error_description="The token is not a well-formed signed JWT."',
  });
});
