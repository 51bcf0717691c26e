/** The shapes that go in and come out. `match` and `versions` are those of the configuration, told structurally. */

/** What a header or a query parameter must be: equal to a text, present or absent, or all of the named tests. */
export type ConditionSpec = string | boolean | {
  readonly equals?: readonly string[] | undefined;
  /** Regular expression that must match the whole value. */
  readonly matches?: string | undefined;
  readonly prefix?: string | undefined;
};

export type ConditionSpecs = Readonly<Record<string, ConditionSpec>>;

export interface RouteMatch {
  readonly path: readonly string[];
  /** Default: `segment`. */
  readonly prefix?: 'segment' | 'string' | 'exact' | undefined;
  /** Default: `ignore`. */
  readonly trailingSlash?: 'ignore' | 'strict' | undefined;
  readonly methods?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly headers?: ConditionSpecs | undefined;
  readonly query?: ConditionSpecs | undefined;
  readonly version?: readonly string[] | undefined;
  /** Default: 0. */
  readonly priority?: number | undefined;
}

export interface RouteEntry<T> {
  readonly name: string;
  readonly match: RouteMatch;
  /** Whether GET brings HEAD. */
  readonly head: boolean;
  /** What a match hands back, e.g. the compiled route. */
  readonly value: T;
}

export interface VersionsSpec {
  readonly names: readonly string[];
  readonly default?: string | undefined;
  readonly prefix: boolean;
  readonly header?: string | undefined;
  readonly mediaType?: string | undefined;
}

/** What is routed; an exchange is one. */
export interface RouteRequest {
  readonly method: string;
  /** Normalised. */
  readonly path: string;
  /** Empty, or from the `?` on. */
  readonly query: string;
  /** Authority, port allowed. */
  readonly host: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Match<T> {
  readonly name: string;
  readonly value: T;
  /** The pattern that matched, as written. */
  readonly pattern: string;
  /** Values of `:name` segments and `rest`, percent-encoding kept. Frozen and shared when there are none. */
  readonly params: Readonly<Record<string, string>>;
  /** The API version of the call; `null` when it names none and there is no default. */
  readonly version: string | null;
  /** Whether the call named its version; else it is the default. */
  readonly named: boolean;
  /** The path without a version prefix: what a service gets by default. */
  readonly path: string;
}

/** What one search cost. */
export interface SearchCost {
  /** Places of the table looked at. */
  steps: number;
  /** Routes whose path fitted and whose other conditions were tried. */
  candidates: number;
}

/** Something in the configuration that keeps a table from going live. */
export interface RouteMistake {
  /** `null` when `versions` itself is wrong. */
  readonly route: string | null;
  /** Where, below the route (or below the file, without a route). */
  readonly key: readonly (string | number)[];
  readonly message: string;
  /** Set when two routes match the same requests and nothing decides. */
  readonly ambiguity?: { readonly with: string; readonly example: RouteRequest };
}
