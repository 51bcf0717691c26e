import { Exchange, Target, type Balancer, type Placement, type Principal, type Surroundings } from '#libs/kernel';
import { FakeClock, seededRandom } from '#libs/testing';

/** A target that is never connected to. */
export function target(name: string, weight = 1, placement: Partial<Placement> = {}): Target {
  return new Target(new URL(`http://${name}`), {} as Target['dispatcher'], { weight, ...placement });
}

export function targetsOf(count: number, weight: (index: number) => number = () => 1): Target[] {
  return Array.from({ length: count }, (_, index) => target(`t${index}`, weight(index)));
}

/** What a balancer is built into, with a chance that repeats and a clock that stands. */
export function surroundings(extra: Partial<Surroundings> = {}): Surroundings {
  return { clock: new FakeClock(), random: seededRandom(7), folder: '/', resolve: () => { throw new Error('not asked for'); }, ...extra };
}

interface Given {
  readonly client?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly user?: string;
}

export function exchangeOf({ client = '203.0.113.7', path = '/', headers = {}, user }: Given = {}): Exchange {
  const exchange = new Exchange({ method: 'GET', path, query: '', headers, rawHeaders: [], startedAt: 0 });
  exchange.client = client;
  exchange.servicePath = path;
  if (user !== undefined) exchange.principal = { id: user } as Principal;
  return exchange;
}

/** How often each target is picked, by host name; each try is over at once, unless `hold` keeps it under way. */
export function countPicks(balancer: Balancer, targets: readonly Target[], picks: number, hold = false): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(targets.map(({ url }) => [url.hostname, 0]));
  for (let i = 0; i < picks; i++) {
    const picked = balancer.pick(targets, exchangeOf({ client: `client-${i}` }));
    counts[picked.url.hostname] = (counts[picked.url.hostname] ?? 0) + 1;
    if (hold) picked.inFlight++;
  }
  return counts;
}
