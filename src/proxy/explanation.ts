import type { AuthenticateConfig } from '../config/index.js';
import type { RefusedBy } from './dry-run.js';

/** Everything about one request as plain data: what the command line, the admin API and the console show. */
export interface RequestExplanation {
  readonly request: { readonly method: string; readonly scheme: string; readonly host: string; readonly path: string; readonly query: string; readonly client: string };
  readonly outcome: 'forwarded' | 'endpoint' | 'preflight' | 'answered' | 'refused';
  /** `null` where no route matches. */
  readonly route: ExplainedRoute | null;
  /** Every route in the order of precedence. */
  readonly candidates: readonly ExplainedCandidate[];
  /** Where no route matches: a pattern that looks like what was meant, and methods that exist for the path. */
  readonly nearest: string | null;
  readonly allow: readonly string[];
  readonly access: ExplainedAccess;
  readonly refusal: { readonly by: RefusedBy; readonly status: number; readonly code: string; readonly detail: string; readonly help: string } | null;
  /** What the service gets. */
  readonly forwarded: ExplainedForwarding | null;
  /** What each service gets, where the route asks several. */
  readonly calls: readonly ExplainedForwarding[];
  /** What each limit of the route makes of it, in the order of the file. */
  readonly limits: readonly ExplainedLimit[];
  /** What the route's cache makes of it; `null` where it has none. */
  readonly cache: ExplainedCache | null;
  /** What the client gets from the gateway itself; where it is forwarded, what is added to the service's answer. */
  readonly answer: { readonly status: number; readonly headers: readonly Field[]; readonly body: string } | null;
  /** Every setting of the route, with the place it was written at. */
  readonly settings: readonly ExplainedSetting[];
}

export interface ExplainedRoute {
  readonly name: string;
  readonly description: string | null;
  readonly pattern: string;
  readonly params: Readonly<Record<string, string>>;
  readonly version: string | null;
  readonly service: string | null;
  readonly endpoint: string | null;
  readonly policies: readonly string[];
  readonly file: string;
  readonly line: number;
}

interface ExplainedCandidate {
  readonly name: string;
  readonly outcome: 'won' | 'lost';
  readonly pattern: string;
  /** In words; `null` for the winner. */
  readonly reason: string | null;
}

export interface ExplainedAccess {
  readonly authenticate: AuthenticateConfig;
  readonly authorize: unknown;
  readonly decision: 'public' | 'admitted' | 'refused' | 'not asked';
  readonly principal: { readonly id: string; readonly email: string | null; readonly roles: readonly string[]; readonly permissions: readonly string[]; readonly scopes: readonly string[]; readonly authenticator: string } | null;
}

export interface ExplainedForwarding {
  readonly service: string;
  /** Which variant of a split it is; `null` where there is none. */
  readonly variant: string | null;
  readonly target: string;
  /** Every address of the service. */
  readonly targets: readonly string[];
  readonly method: string;
  /** Path and query, the target's base path included. */
  readonly path: string;
  readonly headers: readonly Field[];
  /** Text of the body where something had to read it. */
  readonly body: string | null;
}

export interface ExplainedLimit {
  readonly name: string;
  readonly use: string;
  /** The rate for this caller; `off` for none. */
  readonly rate: string;
  /** The role whose rate it is; `null` for the limit's own. */
  readonly role: string | null;
  readonly cost: number;
  /** `not asked`: the request is refused before, or answered without. */
  readonly decision: 'counts' | 'exempt' | 'not asked';
  /** Where it does not count: why, in words. */
  readonly why: string | null;
  /** What it is counted by, and what that is here; empty where it is missing. */
  readonly key: readonly Field[];
  /** The name under which routes count together; `null` where this one counts for itself. */
  readonly share: string | null;
  /** It refuses nobody. */
  readonly shadow: boolean;
  /** It is asked before authentication. */
  readonly early: boolean;
  /** Statuses of answers that count; `null` for all of them. */
  readonly statuses: readonly (number | string)[] | null;
}

export interface ExplainedCache {
  /** `cached`: it may be answered from the cache, and what the service answers may be kept. */
  readonly decision: 'cached' | 'bypass' | 'not asked';
  /** Where it is none of the cache's business: why, in words. */
  readonly why: string | null;
  /** What the stored answer is known by, besides what it varies by itself; empty where there is none. */
  readonly key: readonly Field[];
  /** Whether it waits for the answer to an identical request that is under way. */
  readonly collapses: boolean;
  /** What else there is to know, in sentences. */
  readonly notes: readonly string[];
}

export interface ExplainedSetting {
  readonly path: string;
  readonly value: unknown;
  readonly layer: string;
  /** Empty for a built-in default. */
  readonly file: string;
  readonly line: number;
}

/** Name and value; what may be a secret is redacted. */
export type Field = readonly [name: string, value: string];
