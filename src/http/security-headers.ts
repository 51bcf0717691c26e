import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HeaderList } from '#libs/kernel';
import type { RouteSettings } from '../config/index.js';

const STANDARD: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
};

/**
 * Compiles `securityHeaders`. A standard header is added where the service did not send it; one that the file names
 * replaces the service's.
 * @returns `null` when there is nothing to add.
 * @throws TypeError when a value cannot be written in a header.
 */
export function compileSecurityHeaders(setting: RouteSettings['securityHeaders']): ((headers: HeaderList) => void) | null {
  if (setting === 'off') return null;
  const named = Object.entries(setting);
  const mentioned = new Set(named.map(([name]) => name.toLowerCase()));
  const forced = named.flatMap(([name, value]) => (value === null ? [] : [name, value]));
  const wished = Object.entries(STANDARD).flatMap(([name, value]) => (mentioned.has(name.toLowerCase()) ? [] : [name, value]));
  for (let i = 0; i < forced.length; i += 2) {
    validateHeaderName(forced[i] as string);
    validateHeaderValue(forced[i] as string, forced[i + 1] as string);
  }
  if (forced.length + wished.length === 0) return null;
  return (headers) => {
    for (let i = 0; i < wished.length; i += 2) {
      if (headers.get(wished[i] as string) === undefined) headers.append(wished[i] as string, wished[i + 1] as string);
    }
    for (let i = 0; i < forced.length; i += 2) headers.set(forced[i] as string, forced[i + 1] as string);
  };
}
