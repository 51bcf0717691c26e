import type { Clock, Exchange, HeaderList } from '#libs/kernel';
import { compileLimitHeaders } from '#libs/rate-limit';
import type { RouteSettings } from '../config/index.js';

/**
 * Compiles `limitHeaders` to what tells a client of the limits of its request; `null` where nothing is told. They take
 * the place of those a service may have sent. `Retry-After` is up to the refusal itself.
 */
export function compileLimitHead({ authenticate, limit, limitHeaders: { ietf, window, x } }: Pick<RouteSettings, 'authenticate' | 'limit' | 'limitHeaders'>, clock: Clock): ((exchange: Exchange, headers: HeaderList) => void) | null {
  if ((limit === 'off' && authenticate === 'none') || (!ietf && x === 'off')) return null;
  const tell = compileLimitHeaders({ standard: ietf, legacy: x === 'off' ? null : { reset: x, window }, retryAfter: false });
  return ({ limits }, headers) => {
    if (limits.length === 0) return;
    const fields = tell(limits, clock.now());
    for (let i = 0; i < fields.length; i += 2) headers.set(fields[i] as string, fields[i + 1] as string);
  };
}
