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
  const wish = compileWishes(wished);
  return (headers) => {
    wish(headers.flat);
    for (let i = 0; i < forced.length; i += 2) headers.set(forced[i] as string, forced[i + 1] as string);
  };
}

/** Adds what is not there, with one look at the fields that are: this runs on every answer. */
function compileWishes(wished: readonly string[]): (flat: string[]) => void {
  const names = wished.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const lengths = new Set(names.map(({ length }) => length));
  return (flat) => {
    let found = 0;
    for (let i = 0; i < flat.length; i += 2) {
      const name = flat[i] as string;
      if (!lengths.has(name.length)) continue;
      const place = names.indexOf(name.toLowerCase());
      if (place >= 0) found |= 1 << place;
    }
    for (let i = 0; i < names.length; i++) {
      if ((found & (1 << i)) === 0) flat.push(wished[2 * i] as string, wished[2 * i + 1] as string);
    }
  };
}
