import { isIP } from 'node:net';

const MAPPED = '::ffff:';

/** An address as it is compared and told: an IPv4 address that arrived on an IPv6 socket (RFC 4291 2.5.5.2) is IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith(MAPPED) && address.includes('.') ? address.slice(MAPPED.length) : address;
}

/**
 * Reads the address out of what proxies write: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
 * @returns `null` for anything else, such as `unknown` and the obfuscated names of RFC 7239 6.3.
 */
export function readAddress(text: string): string | null {
  let address = text;
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    if (close < 0 || !isPort(text.slice(close + 1))) return null;
    address = text.slice(1, close);
    if (isIP(address) !== 6) return null;
  } else {
    const colon = text.indexOf(':');
    if (colon >= 0 && colon === text.lastIndexOf(':')) {
      if (!isPort(text.slice(colon))) return null;
      address = text.slice(0, colon);
    }
  }
  return isIP(address) === 0 ? null : plainAddress(address.toLowerCase());
}

function isPort(text: string): boolean {
  return text === '' || /^:\d{1,5}$/.test(text);
}
