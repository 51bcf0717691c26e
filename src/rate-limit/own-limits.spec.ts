import { Exchange, Problem, type OwnLimits } from '#libs/kernel';
import { MemoryLimitStore, type LimitStore, type Take } from '#libs/rate-limit';
import { FakeClock } from '#libs/testing';
import { limitHeadersSchema, limitSchema } from '../config/schema/limit.js';
import { compileLimits } from './compile-limits.js';
import { Returns } from './returns.js';

const clock = new FakeClock();

/** The guard of a route, and the keys that were counted. */
function guardOf(route: string, limit: unknown, store: LimitStore, authenticate: 'none' | string[] = ['keys']) {
  const ground = { store, local: store, clock, settings: { ipv6Prefix: 64, maxKeys: 100, data: '' }, returns: new Returns(), missed: () => {}, rolesOf: () => new Set<string>() };
  return compileLimits(route, { authenticate, limit: limitSchema.parse(limit), limitHeaders: limitHeadersSchema.parse({}) }, ground).late;
}

class Recorder extends MemoryLimitStore {
  readonly asked: (readonly Take[])[] = [];

  override take(takes: readonly Take[]) {
    this.asked.push(takes);
    return super.take(takes);
  }
}

function exchangeWith(ownLimits: OwnLimits | null): Exchange {
  const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
  exchange.principal = { id: 'acme', email: null, roles: [], permissions: [], scopes: [], authenticator: 'keys', claims: {}, expiresAt: Number.POSITIVE_INFINITY };
  exchange.ownLimits = ownLimits;
  return exchange;
}

function outcome(guard: ReturnType<typeof guardOf>, exchange: Exchange): string {
  try {
    void guard?.admit(exchange);
    return 'passed';
  } catch (error) {
    return String((error as Problem).extras.members?.['limit']);
  }
}

const own = (of: string, ...limits: OwnLimits['limits']): OwnLimits => ({ of, limits });

it('count over all routes, each credential for itself', () => {
  const store = new MemoryLimitStore({ clock });
  const [one, other] = [guardOf('one', 'off', store), guardOf('other', 'off', store)];
  const [acme, rival] = [own('key:a', { rate: '2/min' }), own('key:b', { rate: '2/min' })];
  expect([one, other, one, other].map((guard) => outcome(guard, exchangeWith(acme)))).toEqual(['passed', 'passed', 'api-key', 'api-key']);
  expect(outcome(one, exchangeWith(rival))).toBe('passed');
  expect(outcome(one, exchangeWith(null))).toBe('passed');
});

it('hold beside those of the route, all or nothing, and are reported', () => {
  const store = new Recorder({ clock });
  const guard = guardOf('r', [{ rate: '3/min', by: 'route' }], store);
  const limits = own('key:c', { rate: '9/min' }, { use: 'fixed-window', rate: '1/min' }, { use: 'quota', rate: '5/day', zone: 'UTC' });
  const first = exchangeWith(limits);
  expect(outcome(guard, first)).toBe('passed');
  expect(first.limits.map(({ name, quota, remaining }) => [name, quota, remaining])).toEqual([['3/min', 3, 2], ['api-key', 9, 8], ['api-key-2', 1, 0], ['api-key-3', 5, 4]]);
  expect(outcome(guard, exchangeWith(limits))).toBe('api-key-2');
  const others = exchangeWith(null);
  expect(outcome(guard, others)).toBe('passed');
  expect(others.limits.map(({ remaining }) => remaining)).toEqual([1]);
  expect(store.asked[0]?.map(({ key }) => key.replace(/[\w-]{22}/, 'hash'))).toEqual(['{r|r}:t60000', '{own:hash}:t60000', '{own:hash}#1:f60000', expect.stringMatching(/^\{own:hash\}#2:q\d{4}/)]);
});

it('are not asked of where nobody is known', () => {
  expect(guardOf('r', 'off', new MemoryLimitStore({ clock }), 'none')).toBeNull();
});
