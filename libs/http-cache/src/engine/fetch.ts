import { HeaderList, Problem, type Answer, type Exchange, type Outgoing } from '#libs/kernel';
import { cacheStatus, type CacheFacts } from '../cache-status.js';
import { validators } from '../conditional.js';
import type { StoredResponse } from '../contracts.js';
import { currentAge, lifetime } from '../freshness.js';
import type { ResponseHead } from '../fields.js';
import { storable } from '../storable.js';
import { freshen, freshenByHead, selects, type Times } from '../stored-headers.js';
import { answerFromStore, answerStale } from './answer-from-store.js';
import { drain } from './drain.js';
import type { Awaited } from './flights.js';
import { Keeper } from './keeper.js';
import type { CacheParts } from './parts.js';
import { CLIENT_ONLY, hasLeft, type Trip } from './trip.js';

/** Answers that a stored response may stand in for (RFC 5861 4). */
const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/**
 * Asks the service on behalf of one request, and stores what it says.
 *
 * 1. With a stored response that has a validator, the question is whether that is still true: the client's own
 *    conditions and its Range stay here until it is answered (RFC 9111 4.3.1).
 * 2. 304: the stored response is brought up to date, and the client's conditions are judged by it. One that is about
 *    another response than ours is asked again without conditions (RFC 9111 4.3.4).
 * 3. A failure, where a stale response may stand in: that one, marked.
 * 4. HEAD: the stored response of GET is brought up to date, or forgotten (RFC 9111 4.3.5).
 * 5. Whatever else passes to the client, and is recorded on the way if it may be stored.
 */
export class Fetch {
  readonly #stored: StoredResponse | null;
  readonly #exchange: Exchange;
  /** The request as it came to us: what is inside edits it. */
  readonly #asked: Outgoing;
  readonly #keeper: Keeper;
  #validating = false;
  #requestTime = 0;

  /** @param awaited who is told how it ends; `null` where nobody waits. */
  constructor(private readonly parts: CacheParts, private readonly trip: Trip, private readonly awaited: Awaited | null) {
    this.#exchange = trip.visit.exchange;
    this.#stored = trip.looked.response;
    this.#asked = copyOf(this.#exchange.outgoing as Outgoing);
    this.#keeper = new Keeper(parts, trip, { headers: this.#asked.headers, awaited });
  }

  /** Called once. @throws whatever the service fails with, by rejection, where nothing stands in. */
  run(): Promise<Answer> {
    this.#prepare();
    return this.#ask();
  }

  // step 1
  #prepare(): void {
    const conditions = this.#stored === null ? [] : validators(this.#stored);
    if (conditions.length === 0) return;
    const { headers } = this.#exchange.outgoing as Outgoing;
    for (const name of CLIENT_ONLY) headers.remove(name);
    headers.flat.push(...conditions);
    this.#validating = true;
  }

  async #ask(): Promise<Answer> {
    let answer: Answer;
    this.#requestTime = this.parts.clock.now();
    try {
      answer = await this.trip.visit.next(this.#exchange);
    } catch (error) {
      return this.#failed(error);
    }
    try {
      return await this.#received(answer);
    } catch (error) {
      this.awaited?.land('failed');
      answer.body?.cancel(error as Error);
      throw error;
    }
  }

  #received(answer: Answer): Answer | Promise<Answer> {
    const times: Times = { requestTime: this.#requestTime, responseTime: this.parts.clock.now() };
    if (this.#validating && answer.status === 304) return this.#notModified(answer, times);
    if (this.trip.judged?.mayServeStaleOnError && FAILURES.has(answer.status)) {
      this.awaited?.land('failed');
      answer.body?.cancel(new Error('A stored response stands in for the answer'));
      return this.#standIn(answer.status);
    }
    if (answer.tunnel !== null) return this.#pass(answer);
    return this.trip.visit.request.method === 'HEAD' ? this.#head(answer, times) : this.#record(answer, times);
  }

  // step 2
  async #notModified(answer: Answer, times: Times): Promise<Answer> {
    const stored = this.#stored as StoredResponse;
    const { clock, settings } = this.parts;
    void drain(answer.body, 0);
    if (!selects(answer.headers.flat, stored)) {
      this.#validating = false;
      this.#exchange.outgoing = copyOf(this.#asked);
      return this.#ask();
    }
    const updated = freshen(stored, answer.headers.flat, times);
    const kept = await this.#keeper.keepAnew(updated);
    this.#exchange.cached = 'revalidated';
    const now = clock.now();
    const age = currentAge(updated, now);
    const fresh = answerFromStore(settings, this.trip.visit.request, updated, age);
    return this.#tell(fresh, { fwdStatus: 304, stored: kept, ttl: lifetime(updated, settings, now) - age });
  }

  // step 3
  #failed(error: unknown): Answer {
    const gone = hasLeft(this.#exchange);
    this.awaited?.land(gone ? 'left' : 'failed');
    if (gone || !this.trip.judged?.mayServeStaleOnError || !(error instanceof Problem && FAILURES.has(error.status))) throw error;
    this.#exchange.failure = error;
    return this.#standIn(error.status);
  }

  #standIn(status: number): Answer {
    const answer = answerStale(this.parts, this.trip.visit, this.#stored as StoredResponse);
    this.#exchange.degraded = 'stale';
    answer.headers.set('X-Degraded', 'stale');
    return this.#tell(answer, { fwdStatus: status });
  }

  // step 4
  async #head(answer: Answer, times: Times): Promise<Answer> {
    if (this.#stored !== null && answer.status === 200) {
      const updated = freshenByHead(this.#stored, answer.headers.flat, times);
      if (updated === null) this.#keeper.forget();
      else await this.#keeper.keepAnew(updated);
    }
    return this.#pass(answer);
  }

  // step 5
  async #record(answer: Answer, times: Times): Promise<Answer> {
    const { settings } = this.parts;
    const head: ResponseHead = { status: answer.status, headers: answer.headers.flat, ...times };
    const verdict = this.#exchange.degraded === null ? storable(this.trip.visit.request, head, settings) : PARTIAL;
    if (!verdict.store || this.#keeper.isTooLarge(head)) {
      this.#keeper.refuse(head, this.#validating);
      return this.#pass(answer);
    }
    const ttl = settings.cacheStatus === null ? 0 : lifetime(head, settings, times.responseTime) - currentAge(head, times.responseTime);
    await this.#keeper.take(answer, head, verdict.keep);
    return this.#tell(answer, { fwdStatus: answer.status, stored: true, ttl });
  }

  #pass(answer: Answer): Answer {
    return this.#tell(answer, { fwdStatus: answer.status });
  }

  #tell(answer: Answer, facts: CacheFacts): Answer {
    const name = this.parts.settings.cacheStatus;
    if (name === null || answer.tunnel !== null) return answer;
    const { judged, looked } = this.trip;
    answer.headers.append('Cache-Status', cacheStatus(name, { fwd: judged?.why ?? looked.miss, ...facts }));
    return answer;
  }
}

const PARTIAL = { store: false, reason: 'degraded' } as const;

function copyOf(outgoing: Outgoing): Outgoing {
  return { ...outgoing, headers: new HeaderList(outgoing.headers.flat.slice()) };
}
