import { REDACTED } from '../config/redact.js';
import type { Field } from './explanation.js';

/** Header fields whose values are credentials, by habit of those who name them. */
const CREDENTIAL = /^(?:proxy-)?authorization$|cookie|token|secret|passw|api-?key|signature/i;

/** Fields as they may be shown; a scheme such as `Bearer` stays readable. */
export function shownFields(flat: readonly string[]): Field[] {
  const fields: Field[] = [];
  for (let i = 0; i < flat.length; i += 2) fields.push([flat[i] as string, shownField(flat[i] as string, flat[i + 1] as string)]);
  return fields;
}

/** One value as it may be shown. */
export function shownField(name: string, value: string): string {
  const scheme = /^(?:Bearer|Basic|Digest) (?=.)/i.exec(value)?.[0] ?? '';
  return CREDENTIAL.test(name) ? scheme + REDACTED : value;
}
