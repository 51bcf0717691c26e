import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { bearer, encode, exchangeWith, principalWith, problemOf, Revoked, signed, StillClock } from '../../auth/auth.fixture.js';
import { identity } from '../../auth/identity.js';
import { Revocations } from '../../auth/revocations.js';
import { randomToken } from '../sessions/refresh-token.js';
import type { OwnTokens } from './index.js';
import { ada, pairTokens, SECRET, secretTokens, type IdentityInput } from './tokens.fixture.js';

const clock = new StillClock();
const INPUT: IdentityInput = { issuer: 'https://gw', audience: ['api'], access: { type: {} } };
const good = { sub: '7', sid: 's1', jti: 'j1', role: 'admin', iss: 'https://gw', aud: 'api', type: 'access', iat: clock.seconds(-10), exp: clock.seconds(60) };
const without = (claim: keyof typeof good): object => Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim));

const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsa = await pairTokens('RS256', INPUT, clock);
const ec = await pairTokens('ES256', INPUT, clock);
const ed = await pairTokens('EdDSA', INPUT, clock);
const secret = await secretTokens(INPUT, clock);
const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;

const TYP = { typ: 'at+jwt' };
const rs = (payload: unknown, header: object = {}, key: KeyObject = rsa.privateKey): string => signed({ alg: 'RS256', kid: rsa.kid, ...TYP, ...header }, payload, key);
const hs = (payload: unknown, header: object = {}, key: string = SECRET): string => signed({ alg: 'HS256', ...TYP, ...header }, payload, key);
const unsigned = (alg: string, tail = ''): string => `${encode({ alg, ...TYP, kid: rsa.kid })}.${encode(good)}.${tail}`;
const withSignature = (token: string, bytes: Buffer): string => `${token.slice(0, token.lastIndexOf('.'))}.${bytes.toString('base64url')}`;
const psText = `${encode({ alg: 'PS256', kid: rsa.kid, ...TYP })}.${encode(good)}`;
const esText = `${encode({ alg: 'ES256', kid: ec.kid, ...TYP })}.${encode(good)}`;

/** As a file has it; our own endpoints use the very same verification. */
function authenticatorOf(tokens: OwnTokens) {
  return identity.create(identity.schema.parse({}), { clock, random: () => 0, name: 'users', folder: '/', resolve: <T>(token: unknown) => (token === Revocations ? new Revoked() : tokens) as T });
}

async function reasonFor(tokens: OwnTokens, token: string): Promise<unknown> {
  const { extras, status } = await problemOf(() => authenticatorOf(tokens).authenticate(bearer(token)));
  expect(status).toBe(401);
  expect(JSON.stringify([extras.headers, extras.members])).not.toContain(SECRET);
  return extras.members?.['reason'];
}

it.each<[string, OwnTokens]>([['RSA', rsa.tokens], ['EC', ec.tokens], ['EdDSA', ed.tokens], ['a secret', secret]])('the honest token passes: %s', async (_name, tokens) => {
  const { token } = await tokens.issue(ada, 's1');
  expect(await authenticatorOf(tokens).authenticate(bearer(token))).toMatchObject({ id: '7', authenticator: 'users' });
});

it.each([['RSA', rsa.tokens, rs(good)], ['a secret', secret, hs(good)]] as const)('one like it made by hand passes, so that what follows fails for what it is: %s', async (_name, tokens, token) => {
  expect(await authenticatorOf(tokens).authenticate(bearer(token))).toMatchObject({ id: '7' });
});

describe('algorithms', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])('alg %s', async (alg) => {
    for (const tokens of [rsa.tokens, secret]) {
      expect(await reasonFor(tokens, unsigned(alg))).toBe('malformed');
      expect(await reasonFor(tokens, unsigned(alg, 'AAAA'))).toBe('wrong-algorithm');
    }
  });

  it.each<[string, OwnTokens, string, string]>([
    ['an empty signature', secret, unsigned('HS256'), 'malformed'],
    ['the public key as an HMAC secret', rsa.tokens, signed({ alg: 'HS256', kid: rsa.kid, ...TYP }, good, pem), 'wrong-algorithm'],
    ['the same, without the last newline', rsa.tokens, signed({ alg: 'HS256', ...TYP }, good, pem.trim()), 'wrong-algorithm'],
    ['the JWK as an HMAC secret', ed.tokens, signed({ alg: 'HS256', ...TYP }, good, JSON.stringify(ed.tokens.keySet().keys[0])), 'wrong-algorithm'],
    ['an RS256 signature said to be PS256', rsa.tokens, withSignature(`${psText}.x`, sign('sha256', Buffer.from(psText), rsa.privateKey)), 'wrong-algorithm'],
    ['another size of hash', secret, signed({ alg: 'HS512', ...TYP }, good, SECRET), 'wrong-algorithm'],
    ['in lower case', secret, signed({ alg: 'hs256', ...TYP }, good, SECRET), 'wrong-algorithm'],
    ['a key pair where there is a secret', secret, rs(good), 'wrong-algorithm'],
    ['r and s zero', ec.tokens, withSignature(`${esText}.x`, Buffer.alloc(64)), 'bad-signature'],
    ['DER instead of r and s', ec.tokens, withSignature(`${esText}.x`, sign('sha256', Buffer.from(esText), ec.privateKey)), 'bad-signature'],
  ])('%s', async (_name, tokens, token, reason) => {
    expect(await reasonFor(tokens, token)).toBe(reason);
  });
});

describe('keys', () => {
  const foreign = (header: object): string => rs(good, header, other.privateKey);

  it.each<[string, string, string]>([
    ['a path as kid', rs(good, { kid: '../../../../dev/null' }), 'unknown-key'],
    ['SQL as kid', rs(good, { kid: "x' UNION SELECT 'key" }), 'unknown-key'],
    ['SQL around the right kid', rs(good, { kid: `${rsa.kid}' OR '1'='1` }), 'unknown-key'],
    ['a kid that every object has', rs(good, { kid: 'constructor' }), 'unknown-key'],
    ['an empty kid', rs(good, { kid: '' }), 'unknown-key'],
    ['a kid that is not text', rs(good, { kid: [rsa.kid] }), 'malformed'],
    ['an embedded key', foreign({ jwk: other.publicKey.export({ format: 'jwk' }) }), 'bad-signature'],
    ['a link to keys', foreign({ jku: 'http://127.0.0.1:1/keys' }), 'bad-signature'],
    ['a link to a certificate', foreign({ x5u: 'http://127.0.0.1:1/cert' }), 'bad-signature'],
    ['an embedded certificate', foreign({ x5c: ['AAAA'] }), 'bad-signature'],
    ['another gateway’s key', foreign({ kid: 'theirs' }), 'unknown-key'],
    ['another gateway’s key, without a name', foreign({ kid: undefined }), 'bad-signature'],
  ])('%s', async (_name, token, reason) => {
    expect(await reasonFor(rsa.tokens, token)).toBe(reason);
  });

  it('the token of another gateway of the same name', async () => {
    const theirs = await pairTokens('RS256', INPUT, clock);
    expect(await reasonFor(rsa.tokens, (await theirs.tokens.issue(ada, 's1')).token)).toBe('unknown-key');
  });

  it.each(['crit', 'b64'])('an extension: %s', async (extension) => {
    expect(await reasonFor(secret, hs(good, { [extension]: extension === 'crit' ? ['exp'] : false }))).toBe('malformed');
  });
});

describe('types', () => {
  it.each<[string, object]>([
    ['a plain JWT, such as an ID token', { typ: 'JWT' }],
    ['no type', { typ: undefined }],
    ['an internal token', { typ: 'internal+jwt' }],
    ['a logout token', { typ: 'logout+jwt' }],
    ['a type that is no text', { typ: ['at+jwt'] }],
  ])('%s', async (_name, header) => {
    expect(await reasonFor(secret, hs(good, header))).toBe('wrong-type');
  });

  it('an internal token as it is made', async () => {
    const token = await rsa.tokens.internal({ audience: ['api'], lifetime: 60_000, claims: ['sid', 'type'], email: false })(principalWith({ claims: { sid: 's1', type: 'access' } }));
    expect(await reasonFor(rsa.tokens, token)).toBe('wrong-type');
  });

  it('a refresh token', async () => {
    expect(await reasonFor(secret, 'Rk9x-opaque-refresh-token_7f3a')).toBe('malformed');
    expect(await reasonFor(secret, randomToken())).toBe('wrong-type');
    expect(await reasonFor(secret, hs({ ...good, type: 'refresh' }))).toBe('wrong-type');
  });

  it('any spelling of the type is the type', async () => {
    expect(await authenticatorOf(secret).authenticate(bearer(hs(good, { typ: 'AT+JWT' })))).toMatchObject({ id: '7' });
  });
});

describe('claims', () => {
  it.each<[string, object, string]>([
    ['expired', { ...good, exp: clock.seconds(-5) }, 'expired'],
    ['an expiry that is text', { ...good, exp: String(clock.seconds(60)) }, 'malformed'],
    ['no expiry', without('exp'), 'missing-claim'],
    ['not before, in the future', { ...good, nbf: clock.seconds(6) }, 'not-yet-valid'],
    ['issued in the future', { ...good, iat: clock.seconds(6) }, 'not-yet-valid'],
    ['not known when', without('iat'), 'missing-claim'],
    ['another issuer', { ...good, iss: 'https://gw.example' }, 'wrong-issuer'],
    ['no issuer', without('iss'), 'wrong-issuer'],
    ['another audience', { ...good, aud: ['web', 'mobile'] }, 'wrong-audience'],
    ['no audience', without('aud'), 'wrong-audience'],
    ['no session', without('sid'), 'missing-claim'],
    ['nothing it could be revoked by', without('jti'), 'missing-claim'],
    ['an empty id', { ...good, jti: '' }, 'missing-claim'],
    ['no type', without('type'), 'wrong-type'],
    ['no subject', without('sub'), 'missing-claim'],
    ['a subject that is a number', { ...good, sub: 7 }, 'malformed'],
    ['a subject that is an object', { ...good, sub: { id: 7 } }, 'malformed'],
  ])('%s', async (_name, payload, reason) => {
    expect(await reasonFor(secret, hs(payload))).toBe(reason);
  });
});

describe('forms', () => {
  const token = hs(good);
  const [header = '', payload = '', mac = ''] = token.split('.');

  it.each<[string, string, string]>([
    ['nothing', '', 'malformed'],
    ['two parts', `${header}.${payload}`, 'malformed'],
    ['five parts, encrypted', `${token}.a.b`, 'malformed'],
    ['padding', `${token}=`, 'malformed'],
    ['a payload that is a list', hs([good]), 'malformed'],
    ['a payload that is text', hs('sub=7'), 'malformed'],
    ['oversize', hs({ ...good, padding: 'x'.repeat(8192) }), 'too-large'],
    ['a payload of another token', `${header}.${encode({ ...good, sub: '1' })}.${mac}`, 'bad-signature'],
  ])('%s', async (_name, text, reason) => {
    expect(await reasonFor(secret, text)).toBe(reason);
  });

  it('two Authorization fields', async () => {
    const twice = exchangeWith([['Authorization', `Bearer ${token}`], ['authorization', `Bearer ${token}`]]);
    expect((await problemOf(() => authenticatorOf(secret).authenticate(twice))).extras.members).toEqual({ reason: 'ambiguous' });
  });

  it('any one letter changed', async () => {
    const users = authenticatorOf(secret);
    for (let i = 0; i < token.length; i++) {
      const changed = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      expect((await problemOf(() => users.authenticate(bearer(changed)))).status).toBe(401);
    }
  });
});
