import { Problem, problems, setAlarm } from '#libs/kernel';
import { Fetch } from './fetch.js';
import type { Awaited, Landing } from './flights.js';
import type { CacheParts } from './parts.js';
import { drain } from './drain.js';
import type { Trip } from './trip.js';

/** Milliseconds that a refresh takes at most on routes without a total time. */
const LONGEST = 60_000;

/** Fetches a stored response anew while it goes on being used; unless that is under way, here or at another instance. */
export function refreshInBackground(parts: CacheParts, trip: Trip): void {
  if (!parts.flights.refreshes.begin(trip.looked.key)) return;
  // The client's own exchange ends with the answer it gets now.
  const exchange = trip.visit.exchange.detach();
  void refresh(parts, { ...trip, visit: { ...trip.visit, exchange } });
}

/** Never rejects. */
async function refresh(parts: CacheParts, trip: Trip): Promise<void> {
  const { exchange } = trip.visit;
  const runway = new Runway(parts, trip.looked.key);
  const most = exchange.route?.timeouts.total || LONGEST;
  const alarm = setAlarm(most, { wake: () => exchange.abort(new Problem(problems.totalTimeout, `A stored answer could not be refreshed within ${most} ms`)) });
  try {
    runway.lease = await parts.store.lease(trip.looked.key);
    if (runway.lease !== null) await drain((await new Fetch(parts, trip, runway).run()).body, parts.settings.maxSize);
  } catch {
    // What is stored goes on being used as long as it may be; the key rests for a while.
  }
  alarm.clear();
  runway.land('failed');
}

/** How a refresh ends. Nobody takes its body, so it need not be slowed down. */
class Runway implements Awaited {
  readonly awaited = true;
  onFollower = null;
  lease: (() => void) | null = null;
  #over = false;

  constructor(private readonly parts: CacheParts, private readonly key: string) {}

  land(landing: Landing): void {
    if (this.#over) return;
    this.#over = true;
    this.lease?.();
    this.parts.flights.refreshes.end(this.key, landing === 'stored');
  }
}
