import { generateKeyPairSync } from 'node:crypto';
import { authenticatorOf, bearer, problemOf, StillClock, type JwtInput } from './auth.fixture.js';
import { jwtOptions } from './jwt/options.js';
import { mintToken, type MintRequest } from './token.js';

const SECRET = 'x'.repeat(64);
const clock = new StillClock();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');
const pem = (key: typeof rsa.publicKey): string => key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }) as string;
const ada = { id: '7', email: 'ada@example.com', role: 'admin', permissions: ['p:read'], scopes: ['mail', 'openid'] };

const mint = (options: JwtInput, parts: Partial<MintRequest> = {}) => mintToken({ authenticator: jwtOptions.parse(options), claims: ada, ttl: 60_000, clock, ...parts });

it.each<[string, JwtInput, Partial<MintRequest>]>([
  ['a secret', { secret: SECRET }, {}],
  ['HS512', { secret: SECRET, algorithms: ['HS512'] }, {}],
  ['a secret among keys', { keys: [{ kid: 'one', secret: SECRET, algorithm: 'HS384' }], algorithms: ['HS256', 'HS384'] }, {}],
  ['a private RSA key', { publicKey: pem(rsa.publicKey), algorithms: ['PS256'] }, { privateKey: pem(rsa.privateKey) }],
  ['a private key among several', { keys: [{ kid: 'rsa', publicKey: pem(rsa.publicKey) }, { kid: 'ed', publicKey: pem(ed25519.publicKey) }], algorithms: ['RS256', 'EdDSA'] }, { privateKey: pem(ed25519.privateKey) }],
  ['rules about claims', { secret: SECRET, issuer: ['us', 'them'], audience: 'api', type: { claim: 'type', equals: 'access' }, required: ['sub', 'exp', 'iat'], maxAge: '1h', claims: { id: ['user_id', 'sub'] } }, {}],
  ['paths of claims', { secret: SECRET, claims: { id: 'who.id', roles: 'realm_access.roles', scopes: 'https://example.com/scopes' } }, {}],
])('what is minted with %s verifies', async (_name, options, parts) => {
  const token = await mint(options, parts);
  expect(await authenticatorOf(options, clock).authenticate(bearer(token))).toMatchObject({
    id: '7', email: 'ada@example.com', roles: ['admin'], permissions: ['p:read'], scopes: ['mail', 'openid'], expiresAt: clock.now() + 60_000,
  });
});

it('can mint what is refused: further claims win', async () => {
  const token = await mint({ secret: SECRET }, { claims: { id: '7', extra: { exp: clock.seconds(-60), 'deep.er': 1 } } });
  expect((await problemOf(() => authenticatorOf({ secret: SECRET }, clock).authenticate(bearer(token)))).type.code).toBe('expired-credential');
});

it.each<[string, JwtInput, Partial<MintRequest>, string]>([
  ['nothing to sign with', { publicKey: pem(rsa.publicKey), algorithms: ['RS256'] }, {}, 'private key of the issuer'],
  ['a private key of somebody else', { publicKey: pem(rsa.publicKey), algorithms: ['RS256'] }, { privateKey: pem(ed25519.privateKey) }, 'does not belong'],
  ['a required claim that nobody gave', { secret: SECRET, required: ['jti'] }, {}, 'jti'],
])('refuses %s', async (_name, options, parts, message) => {
  await expect(mint(options, parts)).rejects.toThrow(message);
});
