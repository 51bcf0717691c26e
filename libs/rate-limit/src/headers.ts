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

/**
 * Names and values, one after another. Limits that do not bind are not the client's business.
 * @param now milliseconds since the epoch.
 */
export function limitHeaders(reports: readonly LimitReport[], options: LimitHeaderOptions, now: number): string[] {
  const binding = reports.filter((report) => report.binding);
  const fields: string[] = [];
  if (binding.length === 0) return fields;
  if (options.standard) fields.push('RateLimit-Policy', policies(binding), 'RateLimit', states(binding));
  if (options.legacy !== null) addLegacy(fields, mostPressing(binding), options.legacy, now);
  const seconds = options.retryAfter ? retryAfterSeconds(binding) : undefined;
  if (seconds !== undefined) fields.push('Retry-After', String(seconds));
  return fields;
}

/** Whole seconds, at least 1, until all limits that refused give what was asked for; `undefined` when none refused, or one never will. */
export function retryAfterSeconds(reports: readonly LimitReport[]): number | undefined {
  let longest = 0;
  for (const { allowed, binding, retryAfter } of reports) if (binding && !allowed) longest = Math.max(longest, retryAfter, 1);
  return longest > 0 && longest < Infinity ? seconds(longest) : undefined;
}

/** Section 3 of the draft: each limit with how much there is (`q`) in how many seconds (`w`). */
function policies(reports: readonly LimitReport[]): string {
  return reports.map(({ name, quota, window }) => `${quoted(name)};q=${integer(quota)}${parameter('w', window)}`).join(', ');
}

/** Section 4 of the draft: what is left of each (`r`), and the seconds until all of it is back (`t`). */
function states(reports: readonly LimitReport[]): string {
  return reports.map(({ name, remaining, reset }) => `${quoted(name)};r=${integer(remaining)}${parameter('t', reset)}`).join(', ');
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
