import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { until } from '#libs/testing';
import { bearer, principalWith, problemOf, StillClock } from '../../auth/auth.fixture.js';
import { SECRET, secretTokens } from './tokens.fixture.js';

const SETTINGS = { audience: ['orders'], lifetime: 60_000, claims: ['tenant', 'absent'], email: false };
const ada = principalWith({ id: '7', email: 'ada@example.com', roles: ['teacher', 'staff'], permissions: ['read'], scopes: ['a', 'b'], claims: { tenant: 'north', secret: 'x' } });

it('tells the service who is calling, and no more', async () => {
  const clock = new StillClock();
  const tokens = await secretTokens({ issuer: 'https://gw' }, clock);
  const token = await tokens.internal(SETTINGS)(ada);
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'internal+jwt' });
  const { jti, ...claims } = decodeJwt(token);
  expect(claims).toEqual({
    iss: 'https://gw', aud: 'orders', sub: '7', role: 'teacher', roles: ['teacher', 'staff'], permissions: ['read'], scope: 'a b', authenticator: 'users', tenant: 'north',
    iat: clock.seconds(), exp: clock.seconds(60),
  });
  expect(jti).toEqual(expect.any(String));
  await jwtVerify(token, new TextEncoder().encode(SECRET), { audience: 'orders', issuer: 'https://gw', typ: 'internal+jwt', currentDate: new Date(clock.now()) });
});

it('may tell the address, and never outlives the caller', async () => {
  const clock = new StillClock();
  const tokens = await secretTokens({}, clock);
  const claims = decodeJwt(await tokens.internal({ ...SETTINGS, email: true, audience: ['a', 'b'] })({ ...ada, expiresAt: clock.now() + 5_000 }));
  expect(claims).toMatchObject({ email: 'ada@example.com', aud: ['a', 'b'], exp: clock.seconds(5) });
});

it('is made once, handed out at once, and made anew beside', async () => {
  const clock = new StillClock();
  const tokens = await secretTokens({}, clock);
  const of = tokens.internal(SETTINGS);
  const [first, same] = await Promise.all([of(ada), of(ada)]);
  expect(same).toBe(first);
  clock.advance(29_999);
  expect(of(ada)).toBe(first);
  clock.advance(1);
  // Half of its life is over: this one still gets it, and has the next one made.
  expect(of(ada)).toBe(first);
  await until(() => of(ada) !== first);
  const second = of(ada);
  expect(second).toEqual(expect.any(String));
  expect(second).not.toBe(first);
  clock.advance(59_000);
  // Nobody gets one that is about to end.
  expect(of(ada)).toBeInstanceOf(Promise);
});

it('is shared by routes that say the same of it, and by no others', async () => {
  const tokens = await secretTokens({}, new StillClock());
  const token = await tokens.internal(SETTINGS)(ada);
  expect(tokens.internal({ ...SETTINGS })(ada)).toBe(token);
  expect(await tokens.internal({ ...SETTINGS, audience: ['others'] })(ada)).not.toBe(token);
  expect(await tokens.internal(SETTINGS)(principalWith({ id: '8' }))).not.toBe(token);
});

it.each(['at+jwt', 'JWT'] as const)('is no access token, also where those are called %s', async (typ) => {
  const tokens = await secretTokens({ access: { typ } }, new StillClock());
  const token = await tokens.internal(SETTINGS)({ ...ada, claims: { sid: 's1' } });
  expect((await problemOf(() => tokens.authenticator.authenticate(bearer(token)))).extras.members).toEqual({ reason: 'wrong-type' });
});
