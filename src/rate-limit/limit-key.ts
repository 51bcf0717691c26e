import { hash } from 'node:crypto';
import type { Exchange } from '#libs/kernel';
import type { LimitConfig } from '../config/index.js';
import { bodyField } from './body-field.js';
import { compileNetworkKey } from './network-key.js';

/** Whose requests count together, as text that is part of a key. */
export type KeyOf = (exchange: Exchange) => string;
export type By = NonNullable<LimitConfig['by']>[number];

/** Characters of a hash; 132 bits. */
const DIGITS = 22;
/** What may stand in a key as it is: it tells nothing that ids do not tell anyway, and cannot be taken for another part. */
const PLAIN = /^[\w-]{1,64}$/;
const NOTHING = '-';

/**
 * Compiles `by`. No key holds a credential, an email address or anything else a client may have written: those are
 * hashed. Where nobody is authenticated, the address stands for the caller.
 */
export function compileKey(by: readonly By[], around: { readonly route: string; readonly ipv6Prefix: number }): KeyOf {
  const parts = by.map((one) => compilePart(one, around));
  const [first = () => NOTHING, ...rest] = parts;
  return rest.length === 0 ? first : (exchange) => rest.reduce((key, part) => `${key}|${part(exchange)}`, first(exchange));
}

/** Names a way to count: limits with the same one have the same keys. */
export function wayOf(by: readonly By[]): string {
  return by.map((one) => {
    if (typeof one === 'string') return one;
    return 'header' in one ? `header ${one.header.toLowerCase()}` : `body ${one.body}`;
  }).join(', ');
}

function compilePart(by: By, { ipv6Prefix, route }: { readonly route: string; readonly ipv6Prefix: number }): KeyOf {
  if (typeof by === 'object') return 'header' in by ? headerKey(by.header.toLowerCase()) : (exchange) => hashed(bodyField(exchange, by.body).normalize('NFKC').trim().toLowerCase());
  const network = compileNetworkKey(ipv6Prefix);
  const address: KeyOf = ({ client }) => network(client);
  switch (by) {
    case 'ip': return address;
    case 'user': return (exchange) => (exchange.principal === null ? address(exchange) : `u:${safe(exchange.principal.id)}`);
    case 'key': return (exchange) => (exchange.principal === null ? address(exchange) : `k:${exchange.principal.authenticator}:${safe(exchange.principal.id)}`);
    case 'role': return (exchange) => (exchange.principal === null ? address(exchange) : `r:${safe(exchange.principal.roles[0] ?? NOTHING)}`);
    case 'route': return () => route;
    case 'method': return ({ method }) => method;
    case 'agent': return headerKey('user-agent');
    default: return by satisfies never;
  }
}

function headerKey(name: string): KeyOf {
  return ({ headers }) => {
    const value = headers[name];
    return hashed(value === undefined ? '' : String(value));
  };
}

/** What is as long as a hash could be chosen to look like that of somebody else. */
function safe(text: string): string {
  return PLAIN.test(text) && text.length !== DIGITS ? text : hashed(text);
}

export function hashed(text: string): string {
  return text === '' ? NOTHING : hash('sha256', text, 'base64url').slice(0, DIGITS);
}
