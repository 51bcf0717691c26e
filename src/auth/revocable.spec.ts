import { generateKeyPairSync } from 'node:crypto';
import { authenticatorOf, bearer, encode, problemOf, Revoked, signed, StillClock } from './auth.fixture.js';
import { digestOf, revocableOf, tokenDigest } from './revocable.js';
import type { Revocation } from './revocations.js';
import { timeId, timeOf } from './time-id.js';

const SECRET = 'the shared secret of this suite, long enough';
const clock = new StillClock();
const now = clock.now();
const claims = { sub: '7', jti: 'j1', sid: 's1', iat: clock.seconds(-10), exp: clock.seconds(60) };
const token = signed({ alg: 'HS256' }, claims, SECRET);

describe('an id with its time in it', () => {
  it('tells its time, and no other text does', () => {
    expect(timeOf(timeId(now))).toBe(now);
    for (const other of ['j1', '', '0199a1b2-0000-4000-8000-000000000000', `${timeId(now)}0`]) expect(timeOf(other)).toBeNull();
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 1000 }, () => timeId(now))).size).toBe(1000);
  });
});

describe('what of a token is revoked', () => {
  it.each<[string, object, object]>([
    ['its ids', { jti: 'j1', sid: 's1', iat: 5 }, { token: 'j1', session: 's1', owner: 'users:7', issuedAt: 5000 }],
    ['without an id, its text', { iat: 5 }, { token: tokenDigest(token), session: null, owner: 'users:7', issuedAt: 5000 }],
    ['ids that are no text', { jti: 7, sid: ['s1'], iat: 'now' }, { token: tokenDigest(token), session: null, owner: 'users:7', issuedAt: 0 }],
    ['a time before all times', { jti: 'j1', iat: -5 }, { token: 'j1', session: null, owner: 'users:7', issuedAt: 0 }],
  ])('%s', (_what, given, expected) => {
    expect(revocableOf(token, given as Record<string, unknown>, 'users:7')).toEqual(expected);
  });

  it('is told by the millisecond where its id is one of ours, and does not contradict `iat`', () => {
    const jti = timeId(now + 123);
    expect(revocableOf(token, { jti, iat: now / 1000 }, 'o').issuedAt).toBe(now + 123);
    expect(revocableOf(token, { jti, iat: now / 1000 - 60 }, 'o').issuedAt).toBe(now - 60_000);
  });

  it('is the same for every signature: of ES256 anybody can make another that is as good', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { jti: _none, ...nameless } = claims;
    const one = signed({ alg: 'ES256' }, nameless, privateKey);
    const bytes = Buffer.from(one.slice(one.lastIndexOf('.') + 1), 'base64url');
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const mirrored = (order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0');
    const other = `${one.slice(0, one.lastIndexOf('.'))}.${Buffer.concat([bytes.subarray(0, 32), Buffer.from(mirrored, 'hex')]).toString('base64url')}`;
    const revoked = new Revoked();
    const users = authenticatorOf({ publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string, algorithms: ['ES256'] }, clock, 'users', revoked);
    expect(await users.authenticate(bearer(other))).toMatchObject({ id: '7' });
    await revoked.revoke({ kind: 'token', subject: tokenDigest(one), before: 0, expiresAt: now });
    for (const each of [one, other]) expect((await problemOf(() => users.authenticate(bearer(each)))).type.code).toBe('revoked-credential');
  });

  it('is a plain digest for other credentials', () => {
    expect(digestOf('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });
});

describe('a revoked token is refused, remembered or not', () => {
  it.each<[string, Pick<Revocation, 'kind' | 'subject'>]>([
    ['by its id', { kind: 'token', subject: 'j1' }],
    ['by its session', { kind: 'session', subject: 's1' }],
    ['by its owner', { kind: 'owner', subject: 'users:7' }],
  ])('%s', async (_what, named) => {
    const revoked = new Revoked();
    const users = authenticatorOf({ secret: SECRET }, clock, 'users', revoked);
    expect(await users.authenticate(bearer(token))).toMatchObject({ id: '7' });
    await revoked.revoke({ ...named, before: now, expiresAt: now + 60_000 });
    for (const authenticator of [users, authenticatorOf({ secret: SECRET }, clock, 'users', revoked)]) {
      const { extras, status, type } = await problemOf(() => authenticator.authenticate(bearer(token)));
      expect([status, type.code, extras.members]).toEqual([401, 'revoked-credential', { reason: 'revoked' }]);
      expect(extras.headers?.['WWW-Authenticate']).toBe('Bearer error="invalid_token", error_description="The credential has been revoked."');
    }
  });

  it('and the same id at another authenticator is not', async () => {
    const revoked = new Revoked();
    await revoked.revoke({ kind: 'owner', subject: 'users:7', before: now, expiresAt: now + 60_000 });
    expect(await authenticatorOf({ secret: SECRET }, clock, 'others', revoked).authenticate(bearer(token))).toMatchObject({ id: '7' });
  });

  it('what nobody signed is told to be so, revoked or not', async () => {
    const revoked = new Revoked();
    await revoked.revoke({ kind: 'token', subject: 'j1', before: 0, expiresAt: now });
    const forged = `${encode({ alg: 'HS256' })}.${encode(claims)}.${encode('x'.repeat(32))}`;
    expect((await problemOf(() => authenticatorOf({ secret: SECRET }, clock, 'users', revoked).authenticate(bearer(forged)))).type.code).toBe('invalid-credential');
  });
});
