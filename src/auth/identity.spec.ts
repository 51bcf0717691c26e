import type { Surroundings } from '#libs/kernel';
import { ada, pairTokens, secretTokens } from '../identity/tokens/tokens.fixture.js';
import { bearer, exchangeWith, problemOf, Revoked, StillClock } from './auth.fixture.js';
import { identity } from './identity.js';
import { LocalTokens, NoTokens } from './local-tokens.js';

const clock = new StillClock();

function users(tokens: LocalTokens, options: object = {}, revoked = new Revoked()) {
  const resolve = <T>(token: unknown): T => (token === LocalTokens ? tokens : revoked) as T;
  return identity.create(identity.schema.parse(options), { clock, random: () => 0, name: 'users', folder: '/', resolve } satisfies Surroundings);
}

it('answers a remembered token without a promise, with the very same principal', async () => {
  const tokens = await secretTokens({}, clock);
  const authenticator = users(tokens);
  const exchange = bearer((await tokens.issue(ada, 's1')).token);
  const first = authenticator.authenticate(exchange);
  expect(first).toBeInstanceOf(Promise);
  const principal = await first;
  expect(principal).toMatchObject({ id: '7', authenticator: 'users' });
  expect(authenticator.authenticate(exchange)).toBe(principal);
});

it.each([['nothing', []], ['another scheme', [['Authorization', 'Basic YTpi']]]] as const)('leaves %s to others', async (_what, fields) => {
  expect(users(await secretTokens({}, clock)).authenticate(exchangeWith(fields))).toBeNull();
});

it('looks where the file says', async () => {
  const tokens = await secretTokens({}, clock);
  const { token } = await tokens.issue(ada, 's1');
  const exchange = exchangeWith([], `?a=1&token=${token}`);
  expect(await users(tokens, { from: [{ query: 'token' }] }).authenticate(exchange)).toMatchObject({ id: '7' });
  expect(exchange.query).toBe('?a=1');
});

it('refuses a token once it is revoked, by whatever of it', async () => {
  const tokens = await secretTokens({}, clock);
  for (const [kind, subject] of [['session', 's1'], ['owner', 'account:7']] as const) {
    const revoked = new Revoked();
    const authenticator = users(tokens, {}, revoked);
    const exchange = bearer((await tokens.issue(ada, 's1')).token);
    expect(await authenticator.authenticate(exchange)).toMatchObject({ id: '7' });
    await revoked.revoke({ kind, subject, before: clock.now() + 1, expiresAt: clock.now() + 1_000 });
    expect((await problemOf(() => authenticator.authenticate(exchange))).type.code).toBe('revoked-credential');
  }
});

it('remembers nothing of a key that is gone', async () => {
  const { kid, publicKey, tokens } = await pairTokens('EdDSA', {}, clock);
  const there = [{ kid, key: publicKey, algorithms: ['EdDSA'] as const }];
  let [removals, keys]: [number, typeof there] = [0, there];
  Object.defineProperties(tokens.keys, { removals: { get: () => removals }, recent: { value: () => Promise.resolve(keys) } });
  const authenticator = users(tokens);
  const exchange = bearer((await tokens.issue(ada, 's1')).token);
  await authenticator.authenticate(exchange);
  expect(authenticator.authenticate(exchange)).not.toBeInstanceOf(Promise);
  [removals, keys] = [1, []];
  expect((await problemOf(() => authenticator.authenticate(exchange))).extras.members).toEqual({ reason: 'unknown-key' });
});

it('says what is missing where no gateway runs', async () => {
  expect((await problemOf(() => users(new NoTokens()).authenticate(bearer('eyJhbGciOiJub25lIn0.e30.AAAA')))).type.code).toBe('database-away');
});
