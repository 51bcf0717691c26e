import { appraise, type Appraisal } from './assess.js';
import { parseCacheControl } from './cache-control.js';
import type { CacheSettings } from './contracts.js';
import { fieldValues, firstField, type ResponseHead } from './fields.js';
import { requestField, type CacheRequest } from './request.js';
import { heuristicallyCacheable, storableStatus, understood } from './statuses.js';
import { varyNames } from './vary.js';

/** `keep`: milliseconds from its arrival that it is worth keeping; Infinity with a validator. `reason`: a short token for Cache-Status and explain. */
export type Storability = { readonly store: true; readonly keep: number } | { readonly store: false; readonly reason: string };

/**
 * Whether a shared cache may store a whole response, and for how long that makes sense (RFC 9111 3). Whether it came whole
 * is for the caller to see to (3.3).
 */
export function storable(request: CacheRequest, response: ResponseHead, settings: CacheSettings): Storability {
  const appraisal = appraise(response, settings);
  const reason = refusedForRequest(request, settings)
    ?? refusedByDirectives(request, appraisal, { status: response.status, settings })
    ?? refusedForShape(response, appraisal)
    ?? refusedForLifetime(response, appraisal, { own: isOwn(request, settings), settings });
  return reason === null ? { store: true, keep: worth(appraisal, settings) } : { store: false, reason };
}

/**
 * Whether the cache has to do with a request at all: only with GET and HEAD, and with cookies only where the route shares
 * over them or keys by principal.
 *
 * @returns why not; `null` where it has.
 */
export function bypass(request: CacheRequest, settings: CacheSettings): 'method' | 'cookies' | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') return 'method';
  return request.cookies && !settings.shareCookies && !isOwn(request, settings) ? 'cookies' : null;
}

/** The key is the caller's own. All who are not identified have one key together. */
function isOwn({ authenticated, identified = authenticated }: CacheRequest, { byPrincipal }: CacheSettings): boolean {
  return byPrincipal && identified;
}

function refusedForRequest(request: CacheRequest, settings: CacheSettings): string | null {
  if (request.method !== 'GET') return 'method';
  const cacheControl = requestField(request.headers, 'cache-control');
  // A wish for privacy, and it costs nobody else anything: it holds where clients control nothing else.
  if (cacheControl !== undefined && parseCacheControl([cacheControl]).has('no-store')) return 'request-no-store';
  return bypass(request, settings);
}

interface Circumstances {
  readonly status: number;
  readonly settings: CacheSettings;
}

function refusedByDirectives(request: CacheRequest, { directives }: Appraisal, { status, settings }: Circumstances): string | null {
  if (!storableStatus(status)) return 'status';
  // RFC 9111 5.2.2.3: who understands the status may pass over no-store, who does not must not store.
  if (directives.has('must-understand')) {
    if (!understood(status)) return 'must-understand';
  } else if (directives.has('no-store')) {
    return 'no-store';
  }
  if (isOwn(request, settings)) return null;
  if (directives.fields('private') === true) return 'private';
  // RFC 9111 3.5. What cannot be parsed gives no leave.
  const shared = !directives.malformed && ['public', 'must-revalidate', 's-maxage'].some((name) => directives.has(name));
  return request.authenticated && !shared ? 'authorization' : null;
}

function refusedForShape({ headers }: ResponseHead, { directives }: Appraisal): string | null {
  if (varyNames(headers) === '*') return 'vary';
  if (firstField(headers, 'content-range') !== undefined) return 'partial';
  if (/^\s*text\/event-stream\s*(?:;|$)/i.test(firstField(headers, 'content-type') ?? '')) return 'event-stream';
  if (fieldValues(headers, 'set-cookie').length === 0) return null;
  const named = ['no-cache', 'private'].some((name) => {
    const fields = directives.fields(name);
    return fields !== undefined && fields !== true && fields.includes('set-cookie');
  });
  return named ? null : 'set-cookie';
}

/**
 * RFC 9111 3 lets a cache keep any 200 and validate it each time. That would fill it with whatever has an ETag, so the
 * response, or the route, has to say something for it.
 */
function refusedForLifetime({ status }: ResponseHead, appraisal: Appraisal, { own, settings }: { readonly own: boolean; readonly settings: CacheSettings }): string | null {
  const { directives } = appraisal;
  const saidCacheable = directives.has('public') || (own && directives.has('private'))
    || (heuristicallyCacheable(status) && ['no-cache', 'must-revalidate', 'proxy-revalidate'].some((name) => directives.has(name)));
  if (!appraisal.explicit && appraisal.lifetime === 0 && !saidCacheable) return 'no-lifetime';
  if (worth(appraisal, settings) > 0) return null;
  return appraisal.noCache ? 'no-cache' : 'stale';
}

function worth(appraisal: Appraisal, { standBy }: CacheSettings): number {
  if (appraisal.validator) return Infinity;
  if (appraisal.noCache) return 0;
  return appraisal.lifetime - appraisal.initialAge + Math.max(appraisal.staleWhileRevalidate, appraisal.staleIfError, appraisal.neverStale ? 0 : standBy);
}
