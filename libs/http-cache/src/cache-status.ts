/** What is told by Cache-Status (RFC 9211 2). Without `fwd` it is a hit. */
export interface CacheFacts {
  readonly fwd?: 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'miss' | 'request' | 'stale' | 'partial' | undefined;
  /** Status that the service answered. */
  readonly fwdStatus?: number | undefined;
  /** What is left of the lifetime in milliseconds; negative when stale. */
  readonly ttl?: number | undefined;
  readonly stored?: boolean | undefined;
  readonly collapsed?: boolean | undefined;
  readonly key?: string | undefined;
  readonly detail?: string | undefined;
}

/**
 * Compiles what a hit says: most of them say the same as the one before, for a lifetime is told in whole seconds.
 * @param name of this cache.
 */
export function compileHitStatus(name: string): (ttl: number) => string {
  let seconds = Number.NaN;
  let text = '';
  return (ttl) => {
    const now = Math.trunc(ttl / 1000);
    if (now !== seconds) {
      seconds = now;
      text = cacheStatus(name, { ttl });
    }
    return text;
  };
}

const TOKEN = /^[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*$/;

/**
 * One member of Cache-Status (RFC 9211): append it as a field of its own after those of the service, whose caches come
 * first.
 *
 * @param name of this cache.
 */
export function cacheStatus(name: string, facts: CacheFacts): string {
  let member = word(name);
  member += facts.fwd === undefined ? ';hit' : `;fwd=${facts.fwd}`;
  if (facts.fwdStatus !== undefined) member += `;fwd-status=${facts.fwdStatus}`;
  // An integer of RFC 9651 has 15 digits; a lifetime has no end where the route says so.
  if (facts.ttl !== undefined && Number.isFinite(facts.ttl)) member += `;ttl=${Math.trunc(facts.ttl / 1000)}`;
  if (facts.stored) member += ';stored';
  if (facts.collapsed) member += ';collapsed';
  if (facts.key !== undefined) member += `;key=${quoted(facts.key)}`;
  if (facts.detail !== undefined) member += `;detail=${word(facts.detail)}`;
  return member;
}

function word(text: string): string {
  return TOKEN.test(text) ? text : quoted(text);
}

/** A string of RFC 9651 3.3.3, which knows ASCII only. */
function quoted(text: string): string {
  return `"${text.replace(/[^ -~]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
