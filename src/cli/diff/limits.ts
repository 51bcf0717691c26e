import { parseRate } from '#libs/rate-limit';
import { fingerprint, parseQuota, type RouteSettings } from '../../config/index.js';
import { chosenLimits, type Chosen } from '../../rate-limit/index.js';
import { anew, hot, type Meaning } from './effect.js';

type Settings = Pick<RouteSettings, 'authenticate' | 'limit'>;

/**
 * What a change of a route means for what its limits have counted; `null` where it has nothing to do with them. A counter
 * outlives a change of what it counts up to, but not of how it counts.
 * @param below the path of the change, below the route.
 */
export function meaningForLimits([key]: readonly string[], before: Settings | undefined, after: Settings | undefined): Meaning | null {
  // Where a limit does not say what it counts by, that is up to whether callers sign in.
  if ((key !== 'limit' && key !== 'authenticate') || !before || !after) return null;
  const [old, now] = [chosenLimits(before), chosenLimits(after)];
  const known = new Set(old.map(countersOf));
  const fresh = now.filter((limit) => !known.has(countersOf(limit)));
  if (old.length > 0 && fresh.length > 0) return anew(`counting begins anew for ${fresh.map(({ name }) => name).join(', ')}`);
  if (key === 'authenticate') return null;
  if (old.length === 0) return hot('counting begins with the reload');
  return hot(now.length === 0 ? 'nobody is counted any more' : 'what was counted goes on to count');
}

/** What has to be the same for a limit to go on with its counters. */
function countersOf({ by, config }: Chosen): string {
  const { name, rate, roles, share, use, zone } = config;
  const windows = Object.fromEntries(Object.entries(roles).filter(([, text]) => text !== 'off').map(([role, text]) => [role, windowOf(text)]));
  return fingerprint([share, by, use, windowOf(rate), windows, zone, name]);
}

function windowOf(text: string): number | string | undefined {
  return parseQuota(text)?.period ?? parseRate(text)?.window;
}
