import { Answer, type Exchange, type Route, type Target } from '#libs/kernel';
import { exchangeOf, surroundings, target, targetsOf } from './balancing.fixture.js';
import { stickyCookie } from './sticky-cookie.js';

const build = (options: Record<string, unknown> = {}, name = 'live') => stickyCookie.create(stickyCookie.schema.parse(options), surroundings({ name }));

/** An exchange of a service with those targets; `cookie` as the client sends it. */
function visit(targets: readonly Target[], cookie?: string): Exchange {
  const exchange = exchangeOf({ headers: cookie === undefined ? {} : { cookie } });
  exchange.route = { service: { targets } } as unknown as Route;
  return exchange;
}

/** One try: who was picked, and the fields of Set-Cookie. */
function run(balancer: ReturnType<typeof build>, exchange: Exchange, candidates: readonly Target[] = exchange.route?.service?.targets ?? []): { picked: Target; set: string[] } {
  const answer = new Answer(200);
  const picked = balancer.pick(candidates, exchange);
  exchange.target = picked;
  balancer.answered?.(exchange, answer);
  return { picked, set: answer.headers.all('set-cookie') };
}

const sent = (set: readonly string[]): string => (set[0] as string).split(';')[0] as string;

describe('sticky-cookie', () => {
  it('keeps a client with its first target and sets the cookie once', () => {
    const targets = targetsOf(8);
    const balancer = build();
    for (let client = 0; client < 50; client++) {
      const first = run(balancer, visit(targets));
      expect(first.set).toHaveLength(1);
      first.picked.inFlight = 1_000;
      expect(run(balancer, visit(targets, `a=b; ${sent(first.set)}`))).toEqual({ picked: first.picked, set: [] });
      first.picked.inFlight = 0;
    }
  });

  it.each<[string, (chosen: Target, targets: Target[]) => Target[]]>([
    ['is not available', (chosen, targets) => { chosen.available = false; return targets; }],
    ['is gone', (chosen, targets) => targets.filter((one) => one !== chosen)],
  ])('a target that %s hands over to another, which keeps the client', (_how, change) => {
    const balancer = build();
    const all = targetsOf(4);
    const first = run(balancer, visit(all));
    const left = change(first.picked, all);
    const next = run(balancer, visit(left, sent(first.set)), left.filter(({ available }) => available));
    expect(next.picked).not.toBe(first.picked);
    expect(next.set).toHaveLength(1);
    first.picked.available = true;
    expect(run(balancer, visit(all, sent(next.set)))).toEqual({ picked: next.picked, set: [] });
  });

  it.each(['passerelle_target=', 'passerelle_target=made-up', 'xpasserelle_target=1', 'passerelle_target=a=b'])('%s is no target: one is picked and set', (cookie) => {
    expect(run(build(), visit(targetsOf(3), cookie)).set).toHaveLength(1);
  });

  it('the cookie counts more than the zone, less than the priority; a retry keeps to its candidates', () => {
    const [near, far, reserve] = [target('near', 1, { zone: 'a' }), target('far', 1, { zone: 'b' }), target('reserve', 1, { priority: 1 })];
    const all = [near, far, reserve];
    const balancer = build();
    const cookieOf = (one: Target) => sent(run(balancer, visit(all), [one]).set);
    expect(run(balancer, visit(all, cookieOf(far)), [near]).picked).toBe(far);
    expect(run(balancer, visit(all, cookieOf(reserve)), [near]).picked).toBe(near);
    const again = visit(all, cookieOf(far));
    again.failed = [far];
    expect(run(balancer, again, [near]).picked).toBe(near);
  });

  it('the value is opaque, the same on every gateway, and another for another service, address or salt', () => {
    const value = (balancer: ReturnType<typeof build>, address: string) => sent(run(balancer, visit([target(address)])).set);
    const values = [
      value(build(), 'internal-host:8001'), value(build({}, 'other'), 'internal-host:8001'),
      value(build(), 'internal-host:8002'), value(build(), 'internal-host:8001/base'), value(build({ salt: 'pepper' }), 'internal-host:8001'),
    ];
    expect(new Set(values).size).toBe(values.length);
    expect(value(build(), 'internal-host:8001')).toBe(values[0]);
    for (const one of values) {
      expect(one).toMatch(/^passerelle_target=[\w-]{16}$/);
      expect(Buffer.from(one.split('=')[1] as string, 'base64url').toString('latin1')).not.toMatch(/internal|host|800/);
    }
  });
});

describe('attributes', () => {
  it.each<[Record<string, unknown>, 'http' | 'https', string]>([
    [{}, 'http', 'Path=/; HttpOnly; SameSite=Lax'],
    [{}, 'https', 'Path=/; HttpOnly; SameSite=Lax; Secure'],
    [{ secure: false }, 'https', 'Path=/; HttpOnly; SameSite=Lax'],
    [{ secure: true }, 'http', 'Path=/; HttpOnly; SameSite=Lax; Secure'],
    [{ sameSite: 'none' }, 'http', 'Path=/; HttpOnly; SameSite=None; Secure'],
    [{ maxAge: '90m', path: '/ws', sameSite: 'strict' }, 'http', 'Max-Age=5400; Path=/ws; HttpOnly; SameSite=Strict'],
    [{ maxAge: '1500ms' }, 'http', 'Max-Age=2; Path=/; HttpOnly; SameSite=Lax'],
  ])('%j over %s', (options, scheme, expected) => {
    const exchange = visit([target('a')]);
    exchange.scheme = scheme;
    const [set] = run(build({ ...options, name: 'sticky' }), exchange).set;
    expect(set).toMatch(/^sticky=/);
    expect(set?.slice(set.indexOf(';') + 2)).toBe(expected);
  });

  it.each([{ name: 'a b' }, { path: 'ws' }, { path: '/;x' }, { path: '/\r\n' }, { maxAge: '0s' }, { maxAge: '5' }, { sameSite: 'none', secure: false }, { salt: '' }])('%j is refused', (options) => {
    expect(stickyCookie.schema.safeParse(options).success).toBe(false);
  });
});
