import type { Directives } from './cache-control.js';
import { hasValidator } from './conditional.js';
import type { CacheSettings, StoredResponse } from './contracts.js';
import { withoutFields, type ResponseHead } from './fields.js';
import { explicitLifetime, grantedLifetime, initialAge } from './freshness.js';
import { policyOf } from './policy.js';

/** What a response comes to under the settings of a route. */
export interface Appraisal {
  readonly directives: Directives;
  /** The response names its lifetime itself. */
  readonly explicit: boolean;
  /** Milliseconds. */
  readonly lifetime: number;
  /** Corrected initial age in milliseconds (RFC 9111 4.2.3): its age at `responseTime`. */
  readonly initialAge: number;
  /** `no-cache` without field names: only after validation. */
  readonly noCache: boolean;
  /** Never to be used stale: must-revalidate, proxy-revalidate, s-maxage, no-cache (RFC 9111 4.2.4). */
  readonly neverStale: boolean;
  /** Longest staleness in milliseconds, of response and route. */
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly immutable: boolean;
  /** There is something to validate it with. */
  readonly validator: boolean;
}

/** What can be said of a stored response once for all; worked out on first use and kept with it. */
export interface Assessed extends Appraisal {
  readonly settings: CacheSettings;
  /** Its fields less Age, dressed: a hit is these and `Age`. */
  readonly headers: readonly string[];
  /** Its body, one character a byte, as a small one is written to a socket; `null` for one that is not small. */
  readonly text: string | null;
}

/** Bytes up to which a body is kept as text too: making that for each hit would be a tenth of its cost. */
export const KEPT_AS_TEXT = 8_192;

const assessed = new WeakMap<StoredResponse, Assessed>();

/** The appraisal of a stored response; the same object again while it and the settings are the same. */
export function assess(stored: StoredResponse, settings: CacheSettings): Assessed {
  const before = assessed.get(stored);
  if (before !== undefined && before.settings === settings) return before;
  const own = withoutFields(stored.headers, (name) => name === 'age');
  const headers = settings.dress === null ? own : settings.dress(stored.status, own);
  const text = stored.body.byteLength <= KEPT_AS_TEXT ? stored.body.toString('latin1') : null;
  const result = { ...appraise(stored, settings), settings, headers, text };
  assessed.set(stored, result);
  return result;
}

export function appraise(response: ResponseHead, settings: CacheSettings): Appraisal {
  const policy = policyOf(response.headers, settings);
  const { directives } = policy;
  const now = response.responseTime;
  const explicit = explicitLifetime(response, policy, now);
  const noCache = directives.fields('no-cache') === true;
  // RFC 9111 5.2.2.10: s-maxage implies proxy-revalidate.
  const neverStale = noCache || ['must-revalidate', 'proxy-revalidate', 's-maxage'].some((name) => directives.has(name));
  const allowed = (name: string, most: number) => (neverStale ? 0 : Math.max((directives.seconds(name) ?? 0) * 1000, most));
  return {
    directives,
    explicit: explicit !== undefined,
    lifetime: explicit ?? grantedLifetime(response, settings, { policy, now }),
    initialAge: initialAge(response, now),
    noCache,
    neverStale,
    staleWhileRevalidate: allowed('stale-while-revalidate', settings.staleWhileRevalidate),
    staleIfError: allowed('stale-if-error', settings.staleIfError),
    immutable: directives.has('immutable'),
    validator: hasValidator(response),
  };
}
