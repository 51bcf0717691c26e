import { Answer, type Exchange, type Interceptor, type Next, type Outgoing } from '#libs/kernel';
import { cacheStatus, type CacheFacts } from '../cache-status.js';
import { bypassed, requestOf } from './bypassed.js';
import { collapse } from './collapse.js';
import { decide } from './decide.js';
import { invalidateStored } from './invalidate-stored.js';
import { lookUp, type Looked } from './lookup.js';
import type { CacheParts } from './parts.js';
import type { Visit } from './trip.js';

/**
 * The response cache of one route (RFC 9111), outside of what edits the request on its way to the service.
 *
 * 1. What a cache can do nothing for passes: upgrades, requests with content, cookies, conditions on a change. Methods
 *    that are not safe make what is stored untrue, once they have succeeded.
 * 2. The store is asked for what the request selects.
 * 3. What is fresh, or may be used stale, is the answer: the service is not asked, or in the background.
 * 4. Else the service is, once for all who want the same at the same time.
 */
export class CachedRoute implements Interceptor {
  constructor(private readonly parts: CacheParts) {}

  intercept(exchange: Exchange, next: Next): Promise<Answer> {
    const { keys, settings, store } = this.parts;
    // step 1
    const request = requestOf(exchange, this.parts.isAuthenticated(exchange));
    const why = bypassed(exchange, request, settings);
    const key = why === null ? keys.of(exchange) : null;
    if (key === null) return this.#pass(exchange, next, why === 'method' ? 'method' : 'bypass');
    // step 2
    exchange.cached = 'miss';
    const visit: Visit = { exchange, next, key, request };
    const looked = lookUp(store, key, (exchange.outgoing as Outgoing).headers);
    return looked instanceof Promise ? this.#later(visit, looked) : this.#answer(visit, looked);
  }

  async #later(visit: Visit, looking: Promise<Looked>): Promise<Answer> {
    const looked = await looking;
    const { aborted } = visit.exchange;
    if (aborted !== null) throw aborted;
    return this.#answer(visit, looked);
  }

  #answer(visit: Visit, looked: Looked): Promise<Answer> {
    try {
      // step 3
      const decided = decide(this.parts, visit, looked, null);
      // step 4
      return decided instanceof Answer ? Promise.resolve(decided) : collapse(this.parts, decided);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  #pass(exchange: Exchange, next: Next, fwd: CacheFacts['fwd']): Promise<Answer> {
    exchange.cached = 'bypass';
    return next(exchange).then((answer) => {
      if (answer.tunnel !== null) return answer;
      if (fwd === 'method') invalidateStored(this.parts, exchange, answer);
      const name = this.parts.settings.cacheStatus;
      if (name !== null) answer.headers.append('Cache-Status', cacheStatus(name, { fwd, fwdStatus: answer.status }));
      return answer;
    });
  }
}
