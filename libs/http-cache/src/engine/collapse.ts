import { Answer, type Exchange } from '#libs/kernel';
import { decide } from './decide.js';
import { Fetch } from './fetch.js';
import type { Flight } from './flights.js';
import { lookUp } from './lookup.js';
import type { CacheParts } from './parts.js';
import { Patience } from './patience.js';
import { flightKey, hasLeft, mayFollow, mayLead, type Trip, type Visit } from './trip.js';

/** Milliseconds between two looks at what another instance fetches: at least, and how much more at most. */
const POLL = { least: 20, spread: 30 };

/**
 * Sends a request to the service, or lets it wait for another one that is on its way there for the same thing (RFC 9211
 * calls it collapsed). Who waited looks into the store again, and gets only what it might have had if it had come later.
 */
export async function collapse(parts: CacheParts, trip: Trip): Promise<Answer> {
  const { settings } = parts;
  if (!mayFollow(trip, settings)) return new Fetch(parts, trip, null).run();
  const patience = new Patience(trip.visit.exchange, settings.collapse);
  try {
    return await new Queueing(parts, trip.visit, patience).answer(trip);
  } finally {
    patience.end();
  }
}

class Queueing {
  constructor(private readonly parts: CacheParts, private readonly visit: Visit, private readonly patience: Patience) {}

  async answer(trip: Trip): Promise<Answer> {
    const { flights, settings } = this.parts;
    const key = flightKey(trip, settings);
    const flight = flights.under(key);
    if (flight === null) return flights.isAlone(key) || !mayLead(trip, settings) ? this.#alone(trip) : this.#lead(trip, flights.depart(key));
    // Nobody waits for what may be in vain, even if somebody else has just set out.
    const waited = await this.patience.waitFor(flight);
    stayed(this.visit.exchange);
    if (waited !== 'stored' && waited !== 'left') return this.#alone(trip);
    const again = await this.#lookAgain(trip);
    if (again instanceof Answer) return again;
    // It has brought what this request may not have; unless there is another variant to wait for.
    return waited === 'stored' && flightKey(again, settings) === key ? this.#alone(again) : this.answer(again);
  }

  #alone(trip: Trip): Promise<Answer> {
    return new Fetch(this.parts, trip, null).run();
  }

  async #lead(trip: Trip, flight: Flight): Promise<Answer> {
    let found: Answer | Trip;
    try {
      found = await this.#clear(trip, flight);
    } catch (error) {
      flight.land(hasLeft(this.visit.exchange) ? 'left' : 'failed');
      throw error;
    }
    if (!(found instanceof Answer)) return new Fetch(this.parts, found, flight).run();
    flight.land('stored');
    return found;
  }

  /** Makes sure that no other instance fetches the same; or waits for what that brings. */
  async #clear(trip: Trip, flight: Flight): Promise<Answer | Trip> {
    const { random, store } = this.parts;
    for (;;) {
      flight.lease = await store.lease(flight.key);
      // Also with the lease: it may be free because somebody else has just stored the answer.
      const found = await this.#lookAgain(trip);
      if (found instanceof Answer || flight.lease !== null || this.patience.over) return found;
      await this.patience.pause(POLL.least + random() * POLL.spread);
      stayed(this.visit.exchange);
    }
  }

  async #lookAgain({ judged, looked }: Trip): Promise<Answer | Trip> {
    const { visit } = this;
    const again = await lookUp(this.parts.store, visit.key, (visit.exchange.outgoing as NonNullable<Exchange['outgoing']>).headers);
    stayed(visit.exchange);
    return decide(this.parts, visit, again, judged === null ? looked.miss : 'stale');
  }
}

/** @throws the reason, where nobody wants the answer any more. */
function stayed({ aborted }: Exchange): void {
  if (aborted !== null) throw aborted;
}
