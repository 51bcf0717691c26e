/**
 * A response as it is kept. Plain data but for the body, so that it can be written to Redis; never changed once it is
 * stored, only replaced.
 */
export interface StoredResponse {
  readonly status: number;
  /** Flat list of names and values as they came, less what must not be kept (RFC 9111 3.1). */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Flat list of names and values; `null` where none came. */
  readonly trailers: readonly string[] | null;
  /** Milliseconds since the epoch: the request left, the response header was there. */
  readonly requestTime: number;
  readonly responseTime: number;
  /** Values of the request fields that its `Vary` names, by lower-case name; `null` for a field that was absent. */
  readonly vary: Readonly<Record<string, string | null>>;
  /** What it can be purged by, besides its key. */
  readonly tags: readonly string[];
}

/** What is kept under a primary key: a response, or, where `Vary` was seen, where its variants are. */
export type CacheRecord =
  | { readonly kind: 'response'; readonly response: StoredResponse }
  /** `names` are lists of lower-case field names, the latest `Vary` first; `generation` makes variants of a purged record unreachable. */
  | { readonly kind: 'variants'; readonly generation: string; readonly names: readonly (readonly string[])[] };

/** How long a record is worth keeping, and what it weighs. */
export interface Keeping {
  /** Milliseconds from now; `Infinity` for as long as there is room. */
  readonly keep: number;
  readonly tags: readonly string[];
}

/** Every record of an origin that has one of the tags, or whose key begins with the prefix. */
export type Outdated = { readonly tags: readonly string[]; readonly origin: string } | { readonly prefix: string };

/**
 * Where records are kept. Answers at once for what is in this process. Never throws or rejects: a store that cannot be
 * asked knows nothing and keeps nothing.
 */
export interface CacheStore {
  get(key: string): CacheRecord | null | Promise<CacheRecord | null>;
  /** The same of what is in this process; `null` also for what would have to be asked for elsewhere. */
  near(key: string): CacheRecord | null;
  set(key: string, record: CacheRecord, keeping: Keeping): void;
  /** Forgets a record, and with it its variants. */
  delete(key: string): void;
  /**
   * Forgets what somebody has made untrue. A response to a request of before that (`requestTime`), still on its way, is
   * not kept either. @returns how many, where that is known.
   */
  purge(what: Outdated): Promise<number>;
  /**
   * Asks to be the only one who fetches a key, over all instances.
   * @returns what gives the lease back; `null` when somebody else has it. Where nobody can be asked, it is given.
   */
  lease(key: string): Promise<(() => void) | null>;
}

/** What a route says of its cache. Durations in milliseconds, sizes in bytes. */
export interface CacheSettings {
  /** Lifetime of responses that name none; 0 for none. */
  readonly maxAge: number;
  /** Statuses that get `maxAge`. */
  readonly statuses: ReadonlySet<number>;
  /** Lifetimes by status for responses that name none, e.g. of 404. */
  readonly negative: ReadonlyMap<number, number>;
  /** `false`: the response's own Cache-Control and Expires are ignored, `maxAge` rules. */
  readonly respect: boolean;
  /** Share of the time since Last-Modified that a response without a lifetime is fresh for; 0 for no heuristic freshness. */
  readonly heuristic: number;
  /** Most that the heuristic gives. */
  readonly heuristicMost: number;
  /** What the route allows beyond what the response does. */
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  /** How much longer it is kept for those who take any answer before none: `stale` of a fallback. */
  readonly standBy: number;
  /** Largest body that is kept. */
  readonly maxSize: number;
  /** Whether identical misses wait for one, and for how long at most; 0 for not. */
  readonly collapse: number;
  /** Whether one response may serve requests with cookies and those without alike. */
  readonly shareCookies: boolean;
  /** The key holds who is calling, so that private responses may be kept for them. */
  readonly byPrincipal: boolean;
  /** Whether a client may ask for a fresh answer (no-cache, max-age, min-fresh) or only if cached. */
  readonly clientControl: boolean;
  /** Our name in Cache-Status (RFC 9211); `null` for no such field. */
  readonly cacheStatus: string | null;
  /** What answers from the store say besides their own fields: asked once for each that is kept. `null` for nothing. */
  readonly dress: ((status: number, headers: readonly string[]) => readonly string[]) | null;
  /** Fields that bring tags: lower-case names. `cache-groups` is a list of strings (RFC 9875), others are words. */
  readonly tagHeaders: readonly string[];
}
