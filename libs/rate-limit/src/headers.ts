import type { LimitReport } from '#libs/kernel';

/** Which fields tell a client of its limits. */
export interface LimitHeaderOptions {
  /** `RateLimit` and `RateLimit-Policy`, of draft-ietf-httpapi-ratelimit-headers. */
  readonly standard: boolean;
  /** The `X-RateLimit-` fields that came before them. */
  readonly legacy: LegacyOptions | null;
  /** `Retry-After` (RFC 9110 10.2.3) where a limit refused. */
  readonly retryAfter: boolean;
}

export interface LegacyOptions {
  /** `X-RateLimit-Reset` in seconds since the epoch, or from now. */
  readonly reset: 'unix' | 'delta';
  /** Whether there is an `X-RateLimit-Window`, in seconds. */
  readonly window: boolean;
}

/** The greatest integer of a structured field (RFC 9651 3.3.1). */
const GREATEST = 999_999_999_999_999;

/** Gives names and values, one after another. Limits that do not bind are not the client's business. */
export type LimitHeaders = (reports: readonly LimitReport[], now: number) => string[];

/** Compiles which fields tell of limits; they are on every answer. `now` is in milliseconds since the epoch. */
export function compileLimitHeaders({ legacy, retryAfter, standard }: LimitHeaderOptions): LimitHeaders {
  const describe = standard ? compileStandard() : null;
  return (reports, now) => {
    const fields: string[] = [];
    const binding = reports.every((report) => report.binding) ? reports : reports.filter((report) => report.binding);
    if (binding.length === 0) return fields;
    describe?.(fields, binding);
    if (legacy !== null) addLegacy(fields, mostPressing(binding), legacy, now);
    const seconds = retryAfter ? retryAfterSeconds(binding) : undefined;
    if (seconds !== undefined) fields.push('Retry-After', String(seconds));
    return fields;
  };
}

/** Whole seconds, at least 1, until all limits that refused give what was asked for; `undefined` when none refused, or one never will. */
export function retryAfterSeconds(reports: readonly LimitReport[]): number | undefined {
  let longest = 0;
  for (const { allowed, binding, retryAfter } of reports) if (binding && !allowed) longest = Math.max(longest, retryAfter, 1);
  return longest > 0 && longest < Infinity ? seconds(longest) : undefined;
}

/** What does not change from one request to the next. */
interface Standing {
  readonly quota: number;
  readonly window: number;
  /** The name as a string of a structured field. */
  readonly quoted: string;
  readonly policy: string;
}

/**
 * Sections 3 and 4 of the draft: each limit with how much there is (`q`) in how many seconds (`w`), and what is left of it
 * (`r`) with the seconds until all of it is back (`t`).
 */
function compileStandard(): (fields: string[], reports: readonly LimitReport[]) => void {
  const known = new Map<string, Standing>();
  return (fields, reports) => {
    let policies = '';
    let states = '';
    for (const { name, quota, remaining, reset, window } of reports) {
      let standing = known.get(name);
      if (standing === undefined || standing.quota !== quota || standing.window !== window) known.set(name, (standing = standingOf(name, quota, window)));
      const between = policies === '' ? '' : ', ';
      policies += between + standing.policy;
      states += `${between}${standing.quoted};r=${integer(remaining)}${parameter('t', reset)}`;
    }
    fields.push('RateLimit-Policy', policies, 'RateLimit', states);
  };
}

function standingOf(name: string, quota: number, window: number): Standing {
  const text = quoted(name);
  return { quota, window, quoted: text, policy: `${text};q=${integer(quota)}${parameter('w', window)}` };
}

function addLegacy(fields: string[], { quota, remaining, reset, window }: LimitReport, options: LegacyOptions, now: number): void {
  fields.push('X-RateLimit-Limit', String(integer(quota)), 'X-RateLimit-Remaining', String(integer(remaining)));
  if (reset < Infinity) fields.push('X-RateLimit-Reset', String(seconds(options.reset === 'unix' ? now + reset : reset)));
  if (options.window && window < Infinity) fields.push('X-RateLimit-Window', String(seconds(window)));
}

/** Of the limits that refused, the one that refuses for longest; otherwise the one of which the least share is left. */
function mostPressing(reports: readonly LimitReport[]): LimitReport {
  return reports.reduce((most, report) => (isMorePressing(report, most) ? report : most));
}

function isMorePressing(one: LimitReport, other: LimitReport): boolean {
  if (one.allowed !== other.allowed) return !one.allowed;
  if (!one.allowed) return one.retryAfter > other.retryAfter;
  return one.remaining * other.quota < other.remaining * one.quota;
}

/** Left out where there is no end. */
function parameter(name: string, milliseconds: number): string {
  return milliseconds < Infinity ? `;${name}=${seconds(milliseconds)}` : '';
}

function seconds(milliseconds: number): number {
  return integer(Math.ceil(milliseconds / 1_000));
}

function integer(value: number): number {
  return Math.min(GREATEST, Math.floor(value));
}

/** A string of a structured field (RFC 9651 3.3.3): printable ASCII, quotes and backslashes escaped. */
function quoted(name: string): string {
  return `"${name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, String.raw`\$&`)}"`;
}
