import { Answer, AnswerBody, HeaderList } from '#libs/kernel';
import { assess } from '../assess.js';
import { ageField, evaluate, notModified } from '../conditional.js';
import type { CacheSettings, StoredResponse } from '../contracts.js';
import { currentAge } from '../freshness.js';
import { partHeaders, selectRange, type RangeAnswer } from '../range.js';
import type { CacheRequest } from '../request.js';
import type { CacheParts } from './parts.js';
import type { Visit } from './trip.js';

/**
 * The answer that a stored response gives to a request that it may be used for: whole, a part of it, or none of it where
 * the client has it (RFC 9111 4.3.2).
 * @param age of the response, in milliseconds.
 */
export function answerFromStore(settings: CacheSettings, request: CacheRequest, stored: StoredResponse, age: number): Answer {
  const { headers, text } = assess(stored, settings);
  // RFC 9110 15.4.5: also of what we say ourselves, such as Vary, it says what the 200 would.
  if (evaluate(request, stored) === 'not-modified') return new Answer(304, new HeaderList(notModified({ ...stored, headers }, age)));
  const isHead = request.method === 'HEAD';
  // RFC 9110 14.2: a range means something to GET only.
  const range = isHead ? WHOLE : selectRange(request, stored);
  if (range.kind !== 'whole') return partOf(stored, headers, range, age);
  const flat = headers.slice();
  flat.push('Age', ageField(age));
  return new Answer(stored.status, new HeaderList(flat), isHead ? null : bodyOf(stored, text));
}

/** The same past its time, however old it is. */
export function answerStale({ clock, settings }: CacheParts, { exchange, request }: Visit, stored: StoredResponse): Answer {
  exchange.cached = 'stale';
  return answerFromStore(settings, request, stored, currentAge(stored, clock.now()));
}

const WHOLE: RangeAnswer = { kind: 'whole' };

function partOf({ body }: StoredResponse, headers: readonly string[], range: Exclude<RangeAnswer, { kind: 'whole' }>, age: number): Answer {
  if (range.kind === 'unsatisfiable') return new Answer(416, new HeaderList(['Content-Range', range.contentRange, 'Content-Length', '0', 'Age', ageField(age)]));
  const flat = partHeaders(headers, range);
  flat.push('Age', ageField(age));
  return new Answer(206, new HeaderList(flat), AnswerBody.of(body.subarray(range.first, range.last + 1)));
}

function bodyOf({ body, trailers }: StoredResponse, text: string | null): AnswerBody | null {
  if (trailers === null) return body.byteLength === 0 ? null : AnswerBody.of(body, text);
  const copy = new AnswerBody();
  copy.push(body);
  copy.end(trailers);
  return copy;
}
