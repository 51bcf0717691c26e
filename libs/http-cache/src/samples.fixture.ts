import type { CacheSettings, StoredResponse } from './contracts.js';
import type { CacheRequest } from './request.js';

/** When the samples came: Tue, 14 Nov 2023 22:13:20 GMT. */
export const ARRIVAL = Date.UTC(2023, 10, 14, 22, 13, 20);
export const SECOND = 1000;

/** An HTTP date, seconds from the arrival of the samples. */
export function dateAt(seconds: number): string {
  return new Date(ARRIVAL + seconds * SECOND).toUTCString();
}

export function settingsWith(changes: Partial<CacheSettings> = {}): CacheSettings {
  return {
    maxAge: 0, statuses: new Set([200, 404]), negative: new Map(), respect: true, heuristic: 0, heuristicMost: 86_400_000, staleWhileRevalidate: 0,
    staleIfError: 0, maxSize: 1_000_000, collapse: 0, shareCookies: false, byPrincipal: false, clientControl: true, dress: null, standBy: 0, cacheStatus: null, tagHeaders: [],
    ...changes,
  };
}

export function requestWith(headers: CacheRequest['headers'] = {}, changes: Partial<CacheRequest> = {}): CacheRequest {
  return { method: 'GET', headers, authenticated: false, cookies: false, ...changes };
}

/** A stored response; fields as they would be written: `{ 'Cache-Control': 'max-age=60' }`, or a flat list. */
export function storedWith(headers: Readonly<Record<string, string>> | readonly string[], changes: Partial<StoredResponse> = {}): StoredResponse {
  const flat = Array.isArray(headers) ? (headers as string[]) : Object.entries(headers as Record<string, string>).flat();
  return {
    status: 200, headers: flat, body: Buffer.from('0123456789'), trailers: null, requestTime: ARRIVAL, responseTime: ARRIVAL, vary: {}, tags: [], ...changes,
  };
}
