import { MAX_SECONDS } from './cache-control.js';
import type { CacheSettings } from './contracts.js';
import { fieldValues, firstField, singleField, type ResponseHead } from './fields.js';
import { parseHttpDate } from './http-date.js';
import { policyOf, type Policy } from './policy.js';
import { heuristicallyCacheable } from './statuses.js';

const MOST = MAX_SECONDS * 1000;

/**
 * Freshness lifetime (RFC 9111 4.2.1): s-maxage, max-age, Expires less Date; where the response names none, what the
 * route gives.
 *
 * @param now tells the century of dates with two digits.
 * @returns milliseconds; 0 for a response that is never fresh.
 */
export function lifetime(response: ResponseHead, settings: CacheSettings, now: number): number {
  const policy = policyOf(response.headers, settings);
  return explicitLifetime(response, policy, now) ?? grantedLifetime(response, settings, { policy, now });
}

/** What the response itself names, in milliseconds. */
export function explicitLifetime(response: ResponseHead, policy: Policy, now: number): number | undefined {
  const seconds = policy.directives.seconds('s-maxage') ?? policy.directives.seconds('max-age');
  if (seconds !== undefined) return seconds * 1000;
  const expires = policy.expires ? fieldValues(response.headers, 'expires') : [];
  if (expires.length === 0) return undefined;
  // RFC 9111 5.3: what is no date, `0` above all, has expired. Two that differ count as stale (4.2.1).
  const at = parseHttpDate(singleField(response.headers, 'expires') ?? '', now);
  return at === undefined ? 0 : bounded(at - (dateOf(response, now) ?? response.responseTime));
}

/** What the route gives a response that names none, in milliseconds. */
export function grantedLifetime(response: ResponseHead, settings: CacheSettings, context: { readonly policy: Policy; readonly now: number }): number {
  const negative = settings.negative.get(response.status);
  if (negative !== undefined) return negative;
  if (settings.maxAge > 0 && settings.statuses.has(response.status)) return settings.maxAge;
  // RFC 9111 4.2.2: by heuristics only these, and what is explicitly cacheable.
  if (settings.heuristic <= 0 || !(heuristicallyCacheable(response.status) || context.policy.directives.has('public'))) return 0;
  const modified = parseHttpDate(firstField(response.headers, 'last-modified') ?? '', context.now);
  if (modified === undefined) return 0;
  const since = (dateOf(response, context.now) ?? response.responseTime) - modified;
  return bounded(Math.min(since * settings.heuristic, settings.heuristicMost));
}

/** Age in milliseconds (RFC 9111 4.2.3). */
export function currentAge(response: ResponseHead, now: number): number {
  return ageAt(initialAge(response, now), response.responseTime, now);
}

/** @param initial the corrected initial age. @param since when the response came. @returns milliseconds; clocks that are set back make nothing younger. */
export function ageAt(initial: number, since: number, now: number): number {
  return now > since ? initial + now - since : initial;
}

/** Corrected initial age in milliseconds: how old the response was when it came, by its Date, or by its Age and the time it took. */
export function initialAge(response: ResponseHead, now: number): number {
  const apparent = response.responseTime - (dateOf(response, now) ?? response.responseTime);
  const delay = Math.max(response.responseTime - response.requestTime, 0);
  return Math.max(apparent, ageValue(response.headers) + delay, 0);
}

/** RFC 9111 5.1: the first of a list counts; what is no whole number is ignored. */
function ageValue(headers: readonly string[]): number {
  const first = firstField(headers, 'age')?.split(',', 1)[0]?.trim() ?? '';
  return /^[0-9]+$/.test(first) ? bounded(Number(first) * 1000) : 0;
}

function dateOf(response: ResponseHead, now: number): number | undefined {
  const date = firstField(response.headers, 'date');
  return date === undefined ? undefined : parseHttpDate(date, now);
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), MOST);
}
