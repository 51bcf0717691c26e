import { systemClock } from '#libs/kernel';
import { ResilienceDirectory } from '../../resilience/index.js';
import type { LiveService } from '../../services/index.js';
import type { ServiceParts } from '../compile.js';
import { liveService } from '../../services/live-service.fixture.js';
import { breaker } from './breaker.js';
import { concurrency } from './concurrency.js';
import { hedge } from './hedge.js';
import { passive } from './passive.js';
import { retry } from './retry.js';

const counts = { status: [500], problems: [] };
const BREAKER = { over: 1, minRequests: 1, open: 1, trials: 1, errorRate: 0.5, counts };
const RETRY = { attempts: 3, methods: [], status: [], problems: [], backoff: { base: 1, max: 1 }, budget: 'off' };
const CONCURRENCY = { max: 1, queue: 0, wait: 50, shares: { high: 1, normal: 1, low: 1 } };
const HEDGE = { after: { quantile: 0, delay: 50 }, methods: ['GET'], max: 1, minRequests: 1 };
const PASSIVE = { failures: 1, errorRate: 0, over: 1, minRequests: 1, eject: 1, maxEject: 1, maxShare: 1, panic: 0, counts };

/** What stands on a route, by what its service and the route itself say. */
function stages(service: object, settings: object): string[] {
  const { resilience } = new ResilienceDirectory().build(systemClock);
  const parts = {
    name: 'r', config: { routes: {} }, settings: { priority: 'normal', ...settings }, service: liveService('s', [], { health: {}, ...service } as LiveService['config']),
    surroundings: { clock: systemClock, random: Math.random }, resilience,
  } as unknown as ServiceParts;
  return [breaker, concurrency, hedge, retry, passive].filter((compile) => compile(parts) !== null).map(({ name }) => name);
}

it.each<[string, object, object, string[]]>([
  ['nothing on a plain route', {}, {}, []],
  ['what the service has', { breaker: BREAKER, concurrency: CONCURRENCY, hedge: HEDGE, retry: RETRY, health: { passive: PASSIVE } }, {}, ['breaker', 'concurrency', 'hedge', 'retry', 'passive']],
  ['less what the route turns off', { breaker: BREAKER, hedge: HEDGE, retry: RETRY }, { breaker: 'off', hedge: 'off', retry: 'off' }, []],
  ['what the route alone has', {}, { breaker: BREAKER, hedge: HEDGE, retry: RETRY }, ['breaker', 'hedge', 'retry']],
  ['no retry for a single attempt', { retry: { ...RETRY, attempts: 1 } }, {}, []],
])('compiles to %s', (_what, service, settings, expected) => expect(stages(service, settings)).toEqual(expected));
