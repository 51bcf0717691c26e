import { generateKeyPairSync, sign } from 'node:crypto';
import { authenticatorOf, bearer, encode, exchangeWith, problemOf, signed, StillClock, type JwtInput } from '../auth.fixture.js';

const SECRET = 'the shared secret of this suite, long enough';
const clock = new StillClock();
const good = { sub: '7', role: 'admin', iss: 'us', aud: 'api', type: 'access', iat: clock.seconds(-10), exp: clock.seconds(60) };
const without = (claim: keyof typeof good): object => Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsaPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;

const shared: JwtInput = { secret: SECRET, issuer: ['us'], audience: ['api'], type: { claim: 'type', equals: 'access' } };
const rsaKeys: JwtInput = { keys: [{ kid: 'main', publicKey: rsaPem }], algorithms: ['RS256'] };
const mixed: JwtInput = { secret: SECRET, publicKey: rsaPem, algorithms: ['HS256', 'RS256'] };
const ecKey: JwtInput = { publicKey: ec.publicKey.export({ type: 'spki', format: 'pem' }) as string, algorithms: ['ES256'] };

const hs = (payload: unknown, header: object = {}): string => signed({ alg: 'HS256', ...header }, payload, SECRET);
const rs = (payload: unknown, header: object = {}): string => signed({ alg: 'RS256', ...header }, payload, rsa.privateKey);
const unsigned = (alg: string, tail = ''): string => `${encode({ alg })}.${encode(good)}.${tail}`;
const withSignature = (token: string, bytes: Buffer): string => `${token.slice(0, token.lastIndexOf('.'))}.${bytes.toString('base64url')}`;
const psText = `${encode({ alg: 'PS256', kid: 'main' })}.${encode(good)}`;
const esText = `${encode({ alg: 'ES256' })}.${encode(good)}`;

async function reasonFor(options: JwtInput, token: string): Promise<unknown> {
  const { status, extras } = await problemOf(() => authenticatorOf(options, clock).authenticate(bearer(token)));
  expect(status).toBe(401);
  expect(JSON.stringify([extras.headers, extras.members])).not.toContain(SECRET);
  return extras.members?.['reason'];
}

it.each<[string, JwtInput, string]>([
  ['shared', shared, hs(good)],
  ['RSA', rsaKeys, rs(good, { kid: 'main' })],
  ['mixed, HS', mixed, hs(good)],
  ['mixed, RS', mixed, rs(good)],
  ['EC', ecKey, signed({ alg: 'ES256' }, good, ec.privateKey)],
])('the honest token passes: %s', async (_name, options, token) => {
  expect(await authenticatorOf(options, clock).authenticate(bearer(token))).toMatchObject({ id: '7' });
});

describe('algorithms', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])('alg %s', async (alg) => {
    expect(await reasonFor(shared, unsigned(alg))).toBe('malformed');
    expect(await reasonFor(shared, unsigned(alg, 'AAAA'))).toBe('wrong-algorithm');
  });

  it.each<[string, JwtInput, string, string]>([
    ['an empty signature', shared, unsigned('HS256'), 'malformed'],
    ['not in the list', shared, signed({ alg: 'HS512' }, good, SECRET), 'wrong-algorithm'],
    ['in lower case', shared, signed({ alg: 'hs256' }, good, SECRET), 'wrong-algorithm'],
    ['not text', shared, `${encode({ alg: ['HS256'] })}.${encode(good)}.AAAA`, 'malformed'],
    ['absent', shared, `${encode({})}.${encode(good)}.AAAA`, 'malformed'],
    ['the RSA key as an HMAC secret', rsaKeys, signed({ alg: 'HS256' }, good, rsaPem), 'wrong-algorithm'],
    ['the same, where HS256 is accepted too', mixed, signed({ alg: 'HS256' }, good, rsaPem), 'bad-signature'],
    ['the same, without the last newline', mixed, signed({ alg: 'HS256' }, good, rsaPem.trim()), 'bad-signature'],
    ['an RS256 signature said to be PS256', { ...rsaKeys, algorithms: ['RS256', 'PS256'] }, withSignature(`${psText}.x`, sign('sha256', Buffer.from(psText), rsa.privateKey)), 'bad-signature'],
  ])('%s', async (_name, options, token, reason) => {
    expect(await reasonFor(options, token)).toBe(reason);
  });
});

describe('keys', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = (header: object): string => signed({ alg: 'RS256', ...header }, good, other.privateKey);

  it.each<[string, string, string]>([
    ['a path as kid', rs(good, { kid: '../../../../dev/null' }), 'unknown-key'],
    ['SQL as kid', rs(good, { kid: "x' UNION SELECT 'key" }), 'unknown-key'],
    ['a kid that every object has', rs(good, { kid: 'constructor' }), 'unknown-key'],
    ['an empty kid', rs(good, { kid: '' }), 'unknown-key'],
    ['a kid that is not text', rs(good, { kid: 7 }), 'malformed'],
    ['an embedded key', foreign({ kid: 'main', jwk: other.publicKey.export({ format: 'jwk' }) }), 'bad-signature'],
    ['a link to keys', foreign({ kid: 'main', jku: 'http://127.0.0.1:1/keys' }), 'bad-signature'],
    ['a link to a certificate', foreign({ kid: 'main', x5u: 'http://127.0.0.1:1/cert' }), 'bad-signature'],
    ['somebody else’s key', foreign({}), 'bad-signature'],
  ])('%s', async (_name, token, reason) => {
    expect(await reasonFor(rsaKeys, token)).toBe(reason);
  });

  it.each(['crit', 'b64'])('an extension: %s', async (extension) => {
    expect(await reasonFor(shared, hs(good, { [extension]: extension === 'crit' ? ['exp'] : false }))).toBe('malformed');
  });
});

describe('elliptic curves', () => {
  it.each<[string, string]>([
    ['r and s zero', withSignature(`${esText}.x`, Buffer.alloc(64))],
    ['r zero', withSignature(`${esText}.x`, Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)]))],
    ['r and s the order of the group', withSignature(`${esText}.x`, Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'.repeat(2), 'hex'))],
    ['DER instead of r and s', withSignature(`${esText}.x`, sign('sha256', Buffer.from(esText), ec.privateKey))],
    ['a byte too many', withSignature(`${esText}.x`, Buffer.concat([sign('sha256', Buffer.from(esText), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }), Buffer.alloc(1)]))],
  ])('%s', async (_name, token) => {
    expect(await reasonFor(ecKey, token)).toBe('bad-signature');
  });
});

describe('claims', () => {
  it.each<[string, object, string]>([
    ['expired', { ...good, exp: clock.seconds(-5) }, 'expired'],
    ['an expiry that is text', { ...good, exp: String(clock.seconds(60)) }, 'malformed'],
    ['an expiry that is null', { ...good, exp: null }, 'malformed'],
    ['no expiry', without('exp'), 'missing-claim'],
    ['not before, in the future', { ...good, nbf: clock.seconds(6) }, 'not-yet-valid'],
    ['issued in the future', { ...good, iat: clock.seconds(6) }, 'not-yet-valid'],
    ['another issuer', { ...good, iss: 'them' }, 'wrong-issuer'],
    ['no issuer', without('iss'), 'wrong-issuer'],
    ['an issuer that is a list', { ...good, iss: ['us'] }, 'wrong-issuer'],
    ['another audience', { ...good, aud: ['web', 'mobile'] }, 'wrong-audience'],
    ['a longer audience', { ...good, aud: 'api.example.com' }, 'wrong-audience'],
    ['no audience', without('aud'), 'wrong-audience'],
    ['a refresh token', { ...good, type: 'refresh' }, 'wrong-type'],
    ['no type', without('type'), 'wrong-type'],
    ['no subject', without('sub'), 'missing-claim'],
    ['an empty subject', { ...good, sub: '' }, 'missing-claim'],
    ['a subject that is an object', { ...good, sub: { id: 7 } }, 'malformed'],
  ])('%s', async (_name, payload, reason) => {
    expect(await reasonFor(shared, hs(payload))).toBe(reason);
  });

  it.each<[string, object]>([
    ['exp', { ...good, exp: clock.seconds(-4) }],
    ['nbf', { ...good, nbf: clock.seconds(5) }],
    ['iat', { ...good, iat: clock.seconds(5) }],
  ])('the tolerance covers %s', async (_name, payload) => {
    expect(await authenticatorOf(shared, clock).authenticate(bearer(hs(payload)))).toMatchObject({ id: '7' });
  });

  it.each<[string, JwtInput, object, string]>([
    ['a required claim that is absent', { ...shared, required: ['exp', 'jti'] }, good, 'missing-claim'],
    ['a required claim that is empty', { ...shared, required: ['jti'] }, { ...good, jti: '' }, 'missing-claim'],
    ['older than the maximum age', { ...shared, maxAge: '1m' }, { ...good, iat: clock.seconds(-65) }, 'expired'],
    ['of no known age', { ...shared, maxAge: '1m' }, without('iat'), 'missing-claim'],
    ['a numeric subject, refused', { ...shared, numericSub: 'refuse' }, { ...good, sub: 7 }, 'malformed'],
  ])('%s', async (_name, options, payload, reason) => {
    expect(await reasonFor(options, hs(payload))).toBe(reason);
  });

  it('two subjects do not become one by rounding', async () => {
    const raw = `${encode({ alg: 'HS256' })}.${encode(`{"sub":9007199254740993,"exp":${clock.seconds(60)}}`)}`;
    const token = signedText(raw);
    expect(await reasonFor({ secret: SECRET }, token)).toBe('missing-claim');
  });
});

describe('forms', () => {
  const token = hs(good);
  const [header = '', payload = '', mac = ''] = token.split('.');

  it.each<[string, string, string]>([
    ['nothing', '', 'malformed'],
    ['a word', 'null', 'malformed'],
    ['two parts', `${header}.${payload}`, 'malformed'],
    ['five parts, encrypted', `${token}.a.b`, 'malformed'],
    ['garbage behind it', `${token}!`, 'malformed'],
    ['padding', `${token}=`, 'malformed'],
    ['a space in it', `${header}. ${payload}.${mac}`, 'malformed'],
    ['the alphabet of plain base64', `${header}.${payload}.+/${mac.slice(2)}`, 'malformed'],
    ['unused bits set', `${header}.${payload}.${mac.slice(0, -1)}${nextLetter(mac)}`, 'malformed'],
    ['a header that is not JSON', `${encode('{"alg":')}.${payload}.${mac}`, 'malformed'],
    ['a header that is a list', `${encode([])}.${payload}.${mac}`, 'malformed'],
    ['a payload that is not JSON', signedText(`${header}.${encode('sub=7')}`), 'malformed'],
    ['a payload that is a list', signedText(`${header}.${encode([good])}`), 'malformed'],
    ['a payload behind a byte order mark', signedText(`${header}.${encode(`\uFEFF${JSON.stringify(good)}`)}`), 'malformed'],
    ['oversize', hs({ ...good, padding: 'x'.repeat(8192) }), 'too-large'],
  ])('%s', async (_name, text, reason) => {
    expect(await reasonFor(shared, text)).toBe(reason);
  });

  it('two Authorization fields', async () => {
    const twice = exchangeWith([['Authorization', `Bearer ${token}`], ['authorization', `Bearer ${token}`]]);
    expect((await problemOf(() => authenticatorOf(shared, clock).authenticate(twice))).extras.members).toEqual({ reason: 'ambiguous' });
  });

  it('different tokens in two places', async () => {
    const users = authenticatorOf({ ...shared, from: [{ header: 'Authorization' }, { query: 'token' }] }, clock);
    const both = exchangeWith([['Authorization', `Bearer ${token}`]], `?token=${hs({ ...good, sub: '8' })}&page=2`);
    expect((await problemOf(() => users.authenticate(both))).extras.members).toEqual({ reason: 'ambiguous' });
    expect(both.query).toBe('?page=2');
  });

  it('any one letter changed', async () => {
    const users = authenticatorOf(shared, clock);
    for (let i = 0; i < token.length; i++) {
      const changed = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      expect((await problemOf(() => users.authenticate(bearer(changed)))).status).toBe(401);
    }
  });
});

function signedText(text: string): string {
  const [header = '', payload = ''] = text.split('.');
  return signed(JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>, Buffer.from(payload, 'base64url').toString(), SECRET);
}

/** The last letter of 32 bytes in base64url has two unused bits; this sets one. */
function nextLetter(mac: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(mac.at(-1) ?? '') + 1] ?? '_';
}
