import { systemClock } from '#libs/kernel';
import { ResilienceDirectory } from '../../resilience/index.js';
import type { ServiceParts } from '../compile.js';
import { breaker } from './breaker.js';
import { passive } from './passive.js';
import { retry } from './retry.js';

const counts = { status: [500], problems: [] };
const BREAKER = { over: 1, minRequests: 1, open: 1, trials: 1, errorRate: 0.5, counts };
const RETRY = { attempts: 3, methods: [], status: [], problems: [], backoff: { base: 1, max: 1 }, budget: 'off' };
const PASSIVE = { failures: 1, errorRate: 0, over: 1, minRequests: 1, eject: 1, maxEject: 1, maxShare: 1, panic: 0, counts };

/** What stands on a route, by what its service and the route itself say. */
function stages(service: object, settings: object): string[] {
  const { resilience } = new ResilienceDirectory().build(systemClock);
  const parts = {
    name: 'r', settings, service: { name: 's', targets: [], config: { health: {}, ...service } },
    surroundings: { clock: systemClock, random: Math.random }, resilience,
  } as unknown as ServiceParts;
  return [breaker, retry, passive].filter((compile) => compile(parts) !== null).map(({ name }) => name);
}

it.each<[string, object, object, string[]]>([
  ['nothing on a plain route', {}, {}, []],
  ['what the service has', { breaker: BREAKER, retry: RETRY, health: { passive: PASSIVE } }, {}, ['breaker', 'retry', 'passive']],
  ['less what the route turns off', { breaker: BREAKER, retry: RETRY }, { breaker: 'off', retry: 'off' }, []],
  ['what the route alone has', {}, { breaker: BREAKER, retry: RETRY }, ['breaker', 'retry']],
  ['no retry for a single attempt', { retry: { ...RETRY, attempts: 1 } }, {}, []],
])('compiles to %s', (_what, service, settings, expected) => expect(stages(service, settings)).toEqual(expected));
