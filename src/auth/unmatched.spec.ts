import { Problem, problems, type Authenticator } from '#libs/kernel';
import { authenticatorOf, bearer, exchangeWith, principalWith, signed, StillClock } from './auth.fixture.js';
import { compileUnmatched } from './unmatched.js';

const SECRET = 'the secret of this suite, long enough';
const clock = new StillClock();
const users = new Map([['users', authenticatorOf({ secret: SECRET, from: [{ header: 'Authorization' }, { query: 'token' }] }, clock)]]);
const token = signed({ alg: 'HS256' }, { sub: '7', exp: clock.seconds(60) }, SECRET);
const expired = signed({ alg: 'HS256' }, { sub: '7', exp: clock.seconds(-60) }, SECRET);

it.each<[401 | 404, string, ReturnType<typeof exchangeWith>, string]>([
  [404, 'nobody', exchangeWith(), 'route-not-found'],
  [404, 'a bad token', bearer('x'), 'route-not-found'],
  [404, 'a good token', bearer(token), 'route-not-found'],
  [404, 'a token in the query', exchangeWith([], `?token=${token}`), 'route-not-found'],
  [401, 'nobody', exchangeWith(), 'unauthenticated'],
  [401, 'a malformed token', bearer('x'), 'invalid-credential'],
  [401, 'an expired token', bearer(expired), 'expired-credential'],
  [401, 'a good token', bearer(token), 'route-not-found'],
  [401, 'the same, remembered', bearer(token), 'route-not-found'],
  [401, 'a token in the query', exchangeWith([], `?token=${token}`), 'route-not-found'],
  [401, 'a principal that is there already', Object.assign(exchangeWith(), { principal: principalWith() }), 'route-not-found'],
])('%i, %s', async (unauthenticated, _who, exchange, code) => {
  const problem = await compileUnmatched({ unauthenticated }, users)(exchange);
  expect(problem.type.code).toBe(code);
  expect(exchange.query).toBe('');
});

it('tells what the routing room found out', () => {
  const exchange = exchangeWith();
  exchange.refusal = new Problem(problems.methodNotAllowed, 'only GET');
  expect(compileUnmatched({ unauthenticated: 404 }, users)(exchange)).toBe(exchange.refusal);
});

it('does not take a fault for an answer', async () => {
  const broken: Authenticator = { challenge: 'Bearer', authenticate: () => Promise.reject(new TypeError('broken')) };
  await expect(compileUnmatched({ unauthenticated: 401 }, new Map([['broken', broken]]))(exchangeWith())).rejects.toThrow('broken');
});

it('cannot hide paths when nobody can be known', () => {
  expect(() => compileUnmatched({ unauthenticated: 401 }, new Map())).toThrow('needs an authenticator');
});
