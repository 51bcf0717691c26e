import { decodeJwt, decodeProtectedHeader } from 'jose';
import { bearer, problemOf, signed, StillClock } from '../../auth/auth.fixture.js';
import { timeOf } from '../../auth/time-id.js';
import { ada, SECRET, secretTokens, type IdentityInput } from './tokens.fixture.js';

const clock = new StillClock(Date.UTC(2026, 0, 1) + 345);
const second = Math.floor(clock.now() / 1000);

async function claimsOf(input: IdentityInput, account = ada) {
  const { token, expiresAt } = await (await secretTokens(input, clock)).issue(account, 's1');
  return { header: decodeProtectedHeader(token), claims: decodeJwt(token), expiresAt, token };
}

it('tells of the account, its session and its times', async () => {
  const { claims, expiresAt, header } = await claimsOf({});
  expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt' });
  const { jti, ...rest } = claims;
  expect(rest).toEqual({ sub: '7', sid: 's1', email: 'ada@example.com', role: 'teacher', roles: ['teacher', 'staff'], permissions: ['read'], iat: second, exp: second + 901 });
  expect(timeOf(String(jti))).toBe(clock.now());
  expect(expiresAt).toBe((second + 901) * 1000);
});

it.each<[string, IdentityInput, object, readonly string[]]>([
  ['issuer and audience', { issuer: 'https://gw', audience: ['api'] }, { iss: 'https://gw', aud: 'api' }, []],
  ['several audiences', { audience: ['api', 'web'] }, { aud: ['api', 'web'] }, []],
  ['a layout of a platform', { access: { type: {}, claims: { number: 'user_id', roles: null, permissions: null } } }, { type: 'access', user_id: 7, role: 'teacher', sub: '7' }, ['roles', 'permissions']],
  ['other names', { access: { claims: { email: 'mail', name: 'full_name', role: null, roles: 'groups' } } }, { mail: 'ada@example.com', full_name: 'Ada', groups: ['teacher', 'staff'] }, ['email', 'role', 'roles']],
  ['attributes and fixed claims', { access: { claims: { attributes: ['school', 'none'], fixed: { tenant: 'north' } } } }, { school: 'north', tenant: 'north' }, ['none']],
  ['claims that nobody may take', { access: { claims: { fixed: { sub: '1', exp: 9_999_999_999, jti: 'x' }, attributes: ['sid'] } } }, { sub: '7', sid: 's1', exp: second + 901 }, []],
  ['a lifetime', { access: { lifetime: '24h' } }, { exp: second + 86_401 }, []],
])('%s', async (_what, input, expected, absent) => {
  const { claims } = await claimsOf(input, { ...ada, attributes: { ...ada.attributes, sid: 'stolen' } });
  expect(claims).toMatchObject(expected);
  for (const name of absent) expect(claims).not.toHaveProperty(name);
});

it.each([['no number', 'a7'], ['one beyond what JSON can tell', '9007199254740993'], ['one with a zero in front', '07']])('an id that is %s is text only', async (_what, id) => {
  expect((await claimsOf({ access: { claims: { number: 'user_id' } } }, { ...ada, id })).claims).not.toHaveProperty('user_id');
});

it.each<[string, IdentityInput]>([
  ['the usual layout', {}],
  ['another one', { issuer: 'https://gw', audience: ['api', 'web'], access: { typ: 'JWT', type: { claim: 'use', equals: 'in' }, claims: { email: 'mail', role: null, roles: 'groups', permissions: 'may' } } }],
])('is recognised with %s', async (_what, input) => {
  const tokens = await secretTokens(input, clock);
  const { token, expiresAt } = await tokens.issue(ada, 's1');
  expect(await tokens.authenticator.authenticate(bearer(token))).toMatchObject({
    id: '7', email: 'ada@example.com', roles: ['teacher', 'staff'], permissions: ['read'], scopes: [], authenticator: 'identity', expiresAt, claims: { sid: 's1' },
  });
});

it('what people say of themselves never stands for what the gateway knows', async () => {
  const own = { role: 'admin', name: 'root', aud: 'web', realm: { role: 'admin' }, tier: 'gold' };
  const input: IdentityInput = { access: { claims: { name: 'name', email: 'realm.email', attributes: [...Object.keys(own), 'nbf'] } } };
  const { claims } = await claimsOf(input, { ...ada, name: null, email: null, roles: [], attributes: { ...own, nbf: 0 } });
  expect(claims).toMatchObject({ tier: 'gold', roles: [] });
  for (const name of ['role', 'name', 'aud', 'realm', 'nbf']) expect(claims).not.toHaveProperty(name);
});

it('a token from when the file gave more time is good no longer than one of today: revocations last no longer either', async () => {
  const former = await secretTokens({ access: { lifetime: '24h' } }, clock);
  const { token } = await former.issue(ada, 's1');
  const later = new StillClock(clock.now() + 16 * 60_000);
  const present = await secretTokens({}, later);
  expect((await problemOf(() => present.authenticator.authenticate(bearer(token)))).extras.members).toEqual({ reason: 'expired' });
  expect(await former.authenticator.authenticate(bearer(token))).toMatchObject({ id: '7' });
});

it('two tokens of the same moment are two', async () => {
  const tokens = await secretTokens({}, clock);
  const [one, other] = [await tokens.issue(ada, 's1'), await tokens.issue(ada, 's1')];
  expect(one.token).not.toBe(other.token);
});

describe('secrets', () => {
  const FORMER = 'the secret from before, long enough for anything';

  it('of before are accepted, and sign nothing', async () => {
    const before = await secretTokens({ signing: { algorithm: 'HS256', secret: FORMER } }, clock);
    const now = await secretTokens({ signing: { algorithm: 'HS256', secret: SECRET, former: [FORMER] } }, clock);
    expect(await now.authenticator.authenticate(bearer((await before.issue(ada, 's1')).token))).toMatchObject({ id: '7' });
    const fresh = bearer((await now.issue(ada, 's1')).token);
    expect((await problemOf(() => before.authenticator.authenticate(fresh))).extras.members).toEqual({ reason: 'bad-signature' });
  });

  it('are in no key set', async () => {
    expect((await secretTokens({}, clock)).keySet()).toEqual({ keys: [] });
  });

  it('of another are worth nothing', async () => {
    const tokens = await secretTokens({}, clock);
    const forged = signed({ alg: 'HS256', typ: 'at+jwt' }, { sub: '7', sid: 's1', jti: 'j', iat: second, exp: second + 60 }, FORMER);
    expect((await problemOf(() => tokens.authenticator.authenticate(bearer(forged)))).status).toBe(401);
  });
});
