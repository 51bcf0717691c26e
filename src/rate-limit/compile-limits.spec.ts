import { events, Exchange, HeaderList, Problem, type Clock, type Guard, type Principal } from '#libs/kernel';
import { MemoryLimitStore, type LimitStore, type Take } from '#libs/rate-limit';
import { FakeClock } from '#libs/testing';
import type { LimitSetting, RouteSettings } from '../config/index.js';
import { limitHeadersSchema, limitSchema } from '../config/schema/limit.js';
import { compileLimits, type Limits } from './compile-limits.js';
import { compileLimitHead } from './limit-head.js';
import { uncounted } from './limit-ground.js';
import { Returns } from './returns.js';

const clock = new FakeClock();
const limit = (input: unknown): LimitSetting => limitSchema.parse(input);
const limitHeaders = limitHeadersSchema.parse({});

/** A store that remembers what was asked. */
class Recorder implements LimitStore {
  readonly asked: (readonly Take[])[] = [];
  readonly #memory = new MemoryLimitStore({ clock });

  get keys(): string[] {
    return this.asked.flatMap((takes) => takes.map(({ key }) => key));
  }

  take(takes: readonly Take[]) {
    this.asked.push(takes);
    return this.#memory.take(takes);
  }

  give(takes: readonly Take[]): void {
    this.#memory.give(takes);
  }
}

interface Around {
  readonly store?: LimitStore;
  readonly authenticate?: 'none' | string[];
  readonly missed?: string[];
}

function compile(input: unknown, { store = new Recorder(), authenticate = 'none', missed = [] }: Around = {}): Limits {
  const ground = {
    store, local: new MemoryLimitStore({ clock }), clock, settings: { ipv6Prefix: 64, maxKeys: 100, data: '' }, returns: new Returns(),
    missed: ({ away, limit: name }: { readonly away: string; readonly limit: string }): void => { missed.push(`${name} ${away}`); },
    rolesOf: ({ roles }: Principal) => new Set(roles),
  };
  return compileLimits('users', { authenticate, limit: limit(input), limitHeaders }, ground);
}

function exchangeOf({ client = '192.0.2.1', headers = {}, id = '', roles = [] }: { client?: string; headers?: Record<string, string>; id?: string; roles?: string[] } = {}): Exchange {
  const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
  exchange.client = client;
  if (id !== '') exchange.principal = { id, roles, authenticator: 'users', email: null, permissions: [], scopes: [], claims: {}, expiresAt: Number.POSITIVE_INFINITY };
  return exchange;
}

function refusalOf(guard: Guard | null, exchange = exchangeOf()): Problem | null {
  try {
    const pending = guard?.admit(exchange);
    if (pending !== undefined) throw new Error('it answered with a promise');
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

describe('keys', () => {
  const keysOf = (input: unknown, exchange: Exchange, authenticate: Around['authenticate'] = ['users']): string[] => {
    const store = new Recorder();
    refusalOf(compile(input, { store, authenticate }).late, exchange);
    return store.keys;
  };

  it.each<[string, unknown, Exchange, readonly string[]]>([
    ['the caller', '5/s', exchangeOf({ id: 'ada' }), ['{users|u:ada}:t1000']],
    ['the address where there is no caller', '5/s', exchangeOf(), ['{users|192.0.2.1}:t1000']],
    ['a credential', { rate: '5/s', by: 'key' }, exchangeOf({ id: 'ada' }), ['{users|k:users:ada}:t1000']],
    ['a role', { rate: '5/s', by: 'role' }, exchangeOf({ id: 'ada', roles: ['admin', 'b'] }), ['{users|r:admin}:t1000']],
    ['a network', { rate: '5/s', by: 'ip' }, exchangeOf({ client: '2001:db8::1' }), ['{users|2001:db8:0:0:/64}:t1000']],
    ['several at once', { use: 'fixed-window', rate: '5/s', by: ['ip', 'method', 'route'] }, exchangeOf(), ['{users|192.0.2.1|GET|users}:f1000']],
    ['the same in several limits: one tag', ['5/s', { use: 'sliding-window', rate: '100/min', name: 'slow' }], exchangeOf({ id: 'ada' }), ['{users|u:ada}:t1000', '{users|u:ada}slow:s60000']],
    ['twins', ['5/s', '6/s'], exchangeOf({ id: 'ada' }), ['{users|u:ada}:t1000', '{users|u:ada}#1:t1000']],
    ['others in several limits: the tag of the route', ['5/s', { rate: '100/min', by: 'ip' }], exchangeOf({ id: 'ada' }), ['{users}user|u:ada|:t1000', '{users}ip|192.0.2.1|:t60000']],
    ['a share', { rate: '5/s', share: 'all' }, exchangeOf({ id: 'ada' }), ['{share:all|u:ada}:t1000']],
    ['the rate of a role', { rate: '5/s', roles: { admin: '9/s' } }, exchangeOf({ id: 'ada', roles: ['admin'] }), ['{users|u:ada}:t(admin)1000']],
    ['a period', { use: 'quota', rate: '5/month', zone: 'Europe/Paris' }, exchangeOf({ id: 'ada' }), ['{users|u:ada}:q2026-01']],
  ])('say what counts together: %s', (_name, input, exchange, keys) => {
    expect(keysOf(input, exchange)).toEqual(keys);
  });

  it.each<[string, unknown, Exchange, string]>([
    ['an API key', { rate: '5/s', by: { header: 'X-API-Key' } }, exchangeOf({ headers: { 'x-api-key': 'sk-very-secret' } }), 'secret'],
    ['an email address for an id', '5/s', exchangeOf({ id: 'ada@example.org' }), 'ada'],
    ['an id that looks like the hash of another one', '5/s', exchangeOf({ id: 'x'.repeat(22) }), 'xxx'],
    ['an id that would break out of its place', '5/s', exchangeOf({ id: 'a}b|c' }), '}b'],
    ['an agent', { rate: '5/s', by: 'agent' }, exchangeOf({ headers: { 'user-agent': 'Mozilla' } }), 'Mozilla'],
  ])('never hold %s', (_name, input, exchange, secret) => {
    const [key] = keysOf(input, exchange);
    expect(key).toMatch(/^\{users\|(?:u:)?[\w-]{22}\}:t1000$/);
    expect(key).not.toContain(secret);
  });
});

describe('limits', () => {
  it.each<[string, string | null]>([['5/s', 'late'], ['off', null]])('%s is a guard or none', (input, kind) => {
    const { early, late } = compile(input);
    expect([early, late === null ? null : 'late']).toEqual([null, kind]);
  });

  it('parts those that come before authentication from the others, and names all after their rates', () => {
    const { early, late } = compile([{ rate: '5/s', early: true }, '5/s', { rate: '5 per Second', name: 'mine' }]);
    const exchange = exchangeOf();
    refusalOf(early, exchange);
    refusalOf(late, exchange);
    expect(exchange.limits.map(({ name }) => name)).toEqual(['5/s', '5/s-2', 'mine']);
  });

  it('reports what each says, and refuses with the one that takes longest', () => {
    const { late } = compile([{ use: 'fixed-window', rate: '1/10s' }, { use: 'fixed-window', rate: '1/min', cost: 1 }]);
    expect(refusalOf(late)).toBeNull();
    const exchange = exchangeOf();
    const problem = refusalOf(late, exchange);
    expect(problem?.extras).toEqual({ members: { limit: '1/min', retryAfter: 60 }, headers: { 'Retry-After': '60' } });
    expect(exchange.limits).toEqual([
      { name: '1/10s', binding: true, allowed: false, quota: 1, window: 10_000, remaining: 0, reset: 10_000, retryAfter: 10_000 },
      { name: '1/min', binding: true, allowed: false, quota: 1, window: 60_000, remaining: 0, reset: 60_000, retryAfter: 60_000 },
    ]);
    const headers = new HeaderList();
    compileLimitHead({ limit: limit('1/s'), limitHeaders } as RouteSettings, clock)?.(exchange, headers);
    expect(headers.get('ratelimit')).toBe('"1/10s";r=0;t=10, "1/min";r=0;t=60');
  });

  it.each<[string, object, object, string | undefined]>([
    ['the one that refuses', { message: 'slowly' }, {}, 'slowly'],
    ['the longer of two', { message: 'slowly' }, { rate: '1/min', message: 'later' }, 'later'],
    ['ours where it has none', { message: 'slowly' }, { rate: '1/min' }, 'The limit 1/min is used up. Come back in 60 s.'],
  ])('refuses in the words of the file: %s', (_which, one, other, detail) => {
    const { late } = compile([{ use: 'fixed-window', rate: '1/10s', ...one }, { use: 'fixed-window', rate: '9/min', ...other }]);
    refusalOf(late);
    expect(refusalOf(late)?.detail).toBe(detail);
  });

  it('has a burst and a beginning that grow with the rate of a role', () => {
    const { late } = compile({ rate: '10/h', burst: 4, initial: 2, roles: { admin: '20/h', bot: '1/h' } }, { authenticate: ['users'] });
    const passed = (roles: string[]): number => Array.from({ length: 20 }, () => refusalOf(late, exchangeOf({ id: roles[0] as string, roles }))).filter((problem) => problem === null).length;
    expect([passed(['none']), passed(['admin']), passed(['bot'])]).toEqual([2, 4, 1]);
  });

  it('begins with exactly what the file says, and holds so many more than the rate of each role', () => {
    for (const rate of [3, 5, 7, 10, 50]) {
      const { late } = compile({ rate: `${rate}/min`, burst: '+4', initial: rate, roles: { admin: `${2 * rate}/min` } }, { authenticate: ['users'] });
      const passed = (role: string, most: number): number => Array.from({ length: most }, () => refusalOf(late, exchangeOf({ id: role, roles: [role] }))).filter((problem) => problem === null).length;
      expect([passed('none', 2 * rate), passed('admin', 3 * rate)]).toEqual([rate, 2 * rate]);
      clock.advance(3_600_000);
      expect([passed('none', 4 * rate), passed('admin', 4 * rate)]).toEqual([rate + 4, 2 * rate + 4]);
    }
  });

  it('puts back what does not count, with how long ago it was taken', async () => {
    const given: unknown[] = [];
    const store: LimitStore = { take: (takes) => Promise.resolve(new MemoryLimitStore({ clock }).take(takes)), give: (takes, ago) => given.push([takes[0]?.key, ago]) };
    const { late } = compile({ rate: '5/s', counts: { status: [401] } }, { store });
    for (const status of [200, 401, 499]) {
      const exchange = exchangeOf();
      clock.advance(100);
      await late?.admit(exchange);
      clock.advance(70);
      events.exchangeClosed.publish(Object.assign(exchange, { status }));
    }
    expect(given).toEqual([['{users|192.0.2.1}:t1000', 70]]);
  });

  const away: LimitStore = { take: () => Promise.reject(new Error('away')), give: () => {} };
  const broken: LimitStore = { take: () => { throw new Error('broken'); }, give: () => {} };

  it.each([['rejects', away], ['throws', broken]])('does what the file says when the store %s', async (_how, store) => {
    const missed: string[] = [];
    const outcome = async (input: unknown): Promise<string> => {
      const { late } = compile(input, { store, missed });
      const verdicts = await Promise.all(Array.from({ length: 3 }, async () => {
        try {
          await late?.admit(exchangeOf());
          return 200;
        } catch (error) {
          return (error as Problem).status;
        }
      }));
      return verdicts.join(' ');
    };
    expect(await outcome('2/h')).toBe('200 200 429');
    expect(await outcome({ rate: '2/h', away: 'allow' })).toBe('200 200 200');
    expect(await outcome({ rate: '2/h', away: 'deny' })).toBe('503 503 503');
    expect(await outcome({ rate: '2/h', away: 'deny', shadow: true })).toBe('200 200 200');
    expect(await outcome([{ rate: '1/h', away: 'allow' }, { rate: '2/h' }])).toBe('200 200 429');
    expect(new Set(missed)).toEqual(new Set(['2/h local', '2/h allow', '2/h deny', '1/h allow']));
  });

  it('counts nothing where requests are only tried out', () => {
    const { late } = compileLimits('r', { authenticate: 'none', limit: limit('1/h'), limitHeaders }, { ...uncounted(clock as Clock, { ipv6Prefix: 56, maxKeys: 100, data: '' }), rolesOf: () => new Set() });
    for (let i = 0; i < 3; i++) expect(refusalOf(late)).toBeNull();
  });
});
