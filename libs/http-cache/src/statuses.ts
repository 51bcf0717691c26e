// RFC 9110 15.1.
const HEURISTIC: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

/** Whose caching requirements we keep (RFC 9111 5.2.2.3): those of RFC 9110 that may be stored, and two more without any. */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 307, 308,
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 413, 414, 415, 417, 422, 426, 451,
  500, 501, 502, 503, 504, 505,
]);

/**
 * Never stored. Parts are not put together here (206, 416), 304 and 412 answer a condition of one client, 421 is about the
 * connection (RFC 9110 15.5.20), 425 about the hour; RFC 6585 forbids 428, 429, 431 and 511.
 */
const NEVER: ReadonlySet<number> = new Set([206, 304, 412, 416, 421, 425, 428, 429, 431, 511]);

/** May be given a lifetime by heuristics. */
export function heuristicallyCacheable(status: number): boolean {
  return HEURISTIC.has(status);
}

export function understood(status: number): boolean {
  return UNDERSTOOD.has(status);
}

/** A final response that says something about more than one request. */
export function storableStatus(status: number): boolean {
  return status >= 200 && status <= 599 && !NEVER.has(status);
}
