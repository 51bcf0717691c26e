import { AnswerBody, type Answer, type HeaderList } from '#libs/kernel';
import { firstField, type ResponseHead } from '../fields.js';
import type { CacheSettings, StoredResponse } from '../contracts.js';
import { policyOf } from '../policy.js';
import { storable } from '../storable.js';
import { headersToStore } from '../stored-headers.js';
import { tagsOf } from '../tags.js';
import type { Awaited } from './flights.js';
import { keep, type Draft, type Place } from './keep.js';
import type { CacheParts } from './parts.js';
import { exactCopy, recordBody, type Recorded } from './record-body.js';
import { flightKey, hasLeft, type Trip } from './trip.js';

interface Asked {
  /** Of the request, as it came to us. */
  readonly headers: HeaderList;
  readonly awaited: Awaited | null;
}

/** A response head that may be stored, as soon as its content is there. */
interface Intent {
  readonly draft: Omit<Draft, 'body' | 'trailers'>;
  /** Milliseconds. */
  readonly keep: number;
}

/** Writes to the store what one fetch brought, and tells those who wait for it. */
export class Keeper {
  readonly #place: Place;

  constructor(private readonly parts: CacheParts, private readonly trip: Trip, private readonly asked: Asked) {
    this.#place = { store: parts.store, random: parts.random, key: trip.visit.key, headers: asked.headers };
  }

  /** Whether the response says itself that it is larger than what is kept. */
  isTooLarge({ headers }: ResponseHead): boolean {
    return Number(firstField(headers, 'content-length') ?? 0) > this.parts.settings.maxSize;
  }

  /** What was stored for this request is true no longer. */
  forget(): void {
    this.parts.store.delete(this.trip.looked.key);
  }

  /**
   * This response is not for the store.
   * @param instead it came in place of a confirmation of the stored one.
   */
  refuse({ status }: ResponseHead, instead: boolean): void {
    const failed = status >= 500 || this.trip.visit.exchange.degraded !== null;
    if (instead && !failed && this.trip.judged?.why !== 'request') this.forget();
    this.asked.awaited?.land(failed ? 'failed' : 'unshared');
  }

  /** Keeps a stored response that was brought up to date. @returns whether it was kept. */
  async keepAnew(updated: StoredResponse): Promise<boolean> {
    const { settings } = this.parts;
    const request = { ...this.trip.visit.request, method: 'GET' };
    const verdict = storable(request, updated, settings);
    // What this client may not leave its traces on can be as good as ever for others.
    if (!verdict.store && !storable({ ...request, headers: {}, authenticated: false, cookies: false }, updated, settings).store) this.forget();
    if (!verdict.store) {
      this.asked.awaited?.land('unshared');
      return false;
    }
    const tags = this.#tags(updated.headers);
    await keep(this.#place, { ...updated, tags }, { keep: verdict.keep, tags });
    this.#landStored();
    return true;
  }

  /** Keeps an answer, now if it is whole, else once it has passed. What it stands for is not changed. */
  async take(answer: Answer, head: ResponseHead, keepFor: number): Promise<void> {
    const { settings } = this.parts;
    const { status, headers, requestTime, responseTime } = head;
    const kept = headersToStore(headers, policyOf(headers, settings).directives, responseTime);
    const intent: Intent = { keep: keepFor, draft: { status, headers: kept, requestTime, responseTime, tags: this.#tags(headers) } };
    const { body } = answer;
    const whole = body === null ? NOTHING : body.takeWhole();
    if (whole === null) {
      answer.body = recordBody(body as AnswerBody, { most: settings.maxSize, awaited: this.asked.awaited, done: (recorded) => this.#passed(intent, recorded) });
      return;
    }
    if (body !== null) answer.body = AnswerBody.of(whole);
    await this.#settle(intent, whole.byteLength > settings.maxSize ? 'too-large' : { content: exactCopy([whole], whole.byteLength), trailers: null });
  }

  /** A body that passes must not break because of the store. */
  #passed(intent: Intent, recorded: Recorded): void {
    this.#settle(intent, recorded).catch(() => this.asked.awaited?.land('failed'));
  }

  /** What can be kept at once is kept before this returns. */
  async #settle(intent: Intent, recorded: Recorded): Promise<void> {
    const { awaited } = this.asked;
    if (recorded === 'too-large') return awaited?.land('unshared');
    if (recorded === 'broken') return awaited?.land(hasLeft(this.trip.visit.exchange) ? 'left' : 'failed');
    const draft = complete(intent.draft, recorded, this.parts.settings);
    if (draft === null) return awaited?.land('failed');
    const kept = keep(this.#place, draft, { keep: intent.keep, tags: draft.tags });
    if (kept instanceof Promise) await kept;
    this.#landStored();
  }

  #landStored(): void {
    if (this.asked.awaited === null) this.parts.flights.shared(flightKey(this.trip, this.parts.settings));
    else this.asked.awaited.land('stored');
  }

  #tags(headers: readonly string[]): readonly string[] {
    const own = this.parts.tags?.(this.trip.visit.exchange) ?? [];
    const said = tagsOf(headers, this.parts.settings.tagHeaders);
    return own.length === 0 ? said : [...new Set([...own, ...said])];
  }
}

const NOTHING = Buffer.alloc(0);

/** Joins head and content; `null` where the content is not as long as the head says (RFC 9111 3.3). */
function complete(draft: Intent['draft'], { content, trailers }: Exclude<Recorded, string>, settings: CacheSettings): Draft | null {
  const length = firstField(draft.headers, 'content-length');
  if (length !== undefined && length !== String(content.byteLength)) return null;
  if (trailers !== null) return { ...draft, body: content, trailers: headersToStore(trailers, policyOf(draft.headers, settings).directives) };
  const isNamed = length !== undefined || draft.status === 204;
  // Its length is known now, so it need not leave in chunks again.
  const headers = isNamed ? draft.headers : [...draft.headers, 'Content-Length', String(content.byteLength)];
  return { ...draft, headers, body: content, trailers };
}
