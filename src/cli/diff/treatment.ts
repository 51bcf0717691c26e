import type { Access } from './access.js';

/** One request as far as it is known. */
export interface Asked {
  readonly method: string;
  /** Path with query, one character per byte. */
  readonly target: string;
  /** Empty where nobody knows it. */
  readonly host: string;
  /** By name in lower case; only those that are known. */
  readonly headers: Readonly<Record<string, string>>;
  readonly upgrade: boolean;
  /** `null` where nobody was signed in, or it is not known. */
  readonly caller: { readonly id: string; readonly authenticator: string | null } | null;
}

/** What becomes of a request, as far as routing and the access requirement decide. */
export interface Treatment {
  /** `null` where none matches. */
  readonly route: string | null;
  readonly pattern: string | null;
  /** Where it goes: a service, an endpoint of the gateway's own; `null` where the gateway refuses it. */
  readonly to: string | null;
  /** The answer of the gateway itself: the status and code of a problem. */
  readonly refusal: string | null;
  /** Method, path and query that the service gets; `null` where none does, or what the log lacks decides. */
  readonly sent: string | null;
  readonly access: Access;
  /** Tells the other settings of routes apart. */
  readonly settings: string;
}

/** What of a treatment is not as it was. */
export type Aspect = 'destination' | 'path' | 'access' | 'route';

/** What differs between two treatments of one request; a route that only has another name is none of it. */
export function aspectsOf(before: Treatment, after: Treatment): Aspect[] {
  const aspects: Aspect[] = [];
  if (before.to !== after.to || before.refusal !== after.refusal) aspects.push('destination');
  else if (before.sent !== after.sent) aspects.push('path');
  if (before.access.key !== after.access.key && before.route !== null && after.route !== null) aspects.push('access');
  if (aspects.length === 0 && before.route !== after.route && before.settings !== after.settings) aspects.push('route');
  return aspects;
}
