import { noDirectives, parseCacheControl, type Directives } from './cache-control.js';
import type { CacheSettings } from './contracts.js';
import { fieldValues } from './fields.js';
import { parseTargeted } from './targeted.js';

/** The directives that rule a response here. */
export interface Policy {
  readonly directives: Directives;
  /** Expires counts: no targeted field has taken its place (RFC 9213 2.2). */
  readonly expires: boolean;
}

const IGNORED: Policy = { directives: noDirectives, expires: false };

/** Those of CDN-Cache-Control, else of Cache-Control; none where the route does not respect them. */
export function policyOf(headers: readonly string[], settings: Pick<CacheSettings, 'respect'>): Policy {
  if (!settings.respect) return IGNORED;
  const targeted = parseTargeted(fieldValues(headers, 'cdn-cache-control'));
  if (targeted !== undefined) return { directives: targeted, expires: false };
  return { directives: parseCacheControl(fieldValues(headers, 'cache-control')), expires: true };
}
