import type { Exchange, Purge } from '#libs/kernel';
import { GroupedTally, Tally } from './tally.js';

/** What caches did. */
export class CacheStats {
  /** By route and outcome. */
  readonly requests = new GroupedTally();
  /** By what was named: a key, a prefix or a tag. */
  readonly purges = new Tally<string>();

  closed({ cached, route }: Exchange): void {
    if (cached !== null) this.requests.add(route?.name ?? '', cached);
  }

  purged({ what }: Purge): void {
    this.purges.add(what);
  }
}
