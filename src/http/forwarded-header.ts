/** One hop of a `Forwarded` header (RFC 7239 4); the parameters we use. */
export interface ForwardedHop {
  for?: string;
  host?: string;
  proto?: string;
}

// One pair and what ends it. An unquoted value may hold a colon here, though the grammar says no: many proxies write
// for=192.0.2.1:4711.
const PAIR = /\s*(?:([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+))\s*)?([,;]|$)/y;
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Hops in the order of the header, the client's first; `null` when the header cannot be understood. */
export function parseForwarded(value: string): ForwardedHop[] | null {
  const hops: ForwardedHop[] = [];
  let hop: ForwardedHop = {};
  PAIR.lastIndex = 0;
  for (;;) {
    const pair = PAIR.exec(value);
    if (!pair) return null;
    const [, name, quoted, bare, end] = pair;
    if (name !== undefined) take(hop, name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '');
    if (end === ';') continue;
    hops.push(hop);
    if (end === '') return hops;
    hop = {};
  }
}

function take(hop: ForwardedHop, name: string, value: string): void {
  if (name === 'for' || name === 'host' || name === 'proto') hop[name] = value;
}

/** An address as a `for` parameter; IPv6 is bracketed and quoted (RFC 7239 6). */
export function forParameter(address: string): string {
  return address.includes(':') ? `for="[${address}]"` : `for=${address}`;
}

/** A value as it stands in a parameter: bare when it is a token, else quoted. */
export function parameterValue(value: string): string {
  return TOKEN.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
