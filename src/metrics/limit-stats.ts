import type { Exchange, LimitStoreAway } from '#libs/kernel';
import { GroupedTally } from './tally.js';

/** What limits said. */
export class LimitStats {
  /** By route, limit and outcome. */
  readonly requests = new GroupedTally();
  /** Judged without the shared counters, by limit and what the file says to do then. */
  readonly away = new GroupedTally();

  closed({ limits, route }: Exchange): void {
    for (const { allowed, binding, name } of limits) this.requests.add(route?.name ?? '', name, allowed ? 'allowed' : binding ? 'refused' : 'shadowed');
  }

  storeAway({ away, limit }: LimitStoreAway): void {
    this.away.add(limit, away);
  }
}
