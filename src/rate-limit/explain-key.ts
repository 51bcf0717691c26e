import type { Exchange } from '#libs/kernel';
import { bodyField } from './body-field.js';
import type { By } from './limit-key.js';
import { compileNetworkKey } from './network-key.js';

/** One part of what a request is counted by, for people. */
export interface KeyPart {
  /** `ip`, `user`, `header X-Key`, `body email`... */
  readonly by: string;
  /** Name of the header or field whose value it is; `null` where it is none. */
  readonly field: string | null;
  /** As it came; empty where it is missing. */
  readonly value: string;
}

/** What a request is counted by in words: what `compileKey` makes a key of. */
export function explainKey(by: readonly By[], exchange: Exchange, around: { readonly route: string; readonly ipv6Prefix: number }): readonly KeyPart[] {
  return by.map((one) => explainPart(one, exchange, around));
}

function explainPart(by: By, exchange: Exchange, { ipv6Prefix, route }: { readonly route: string; readonly ipv6Prefix: number }): KeyPart {
  if (typeof by === 'object') {
    if ('body' in by) return { by: `body ${by.body}`, field: by.body, value: bodyField(exchange, by.body) };
    return { by: `header ${by.header}`, field: by.header, value: String(exchange.headers[by.header.toLowerCase()] ?? '') };
  }
  const { client, headers, method, principal } = exchange;
  const address = compileNetworkKey(ipv6Prefix)(client);
  const part = (value: string): KeyPart => ({ by, field: null, value });
  // Where nobody is authenticated, the address stands for the caller.
  const ofCaller = (value: string | undefined): KeyPart => part(principal === null ? `${address}, as nobody is signed in` : (value ?? ''));
  switch (by) {
    case 'ip': return part(address);
    case 'user': return ofCaller(principal?.id);
    case 'key': return ofCaller(`${principal?.id} of ${principal?.authenticator}`);
    case 'role': return ofCaller(principal?.roles[0]);
    case 'route': return part(route);
    case 'method': return part(method);
    case 'agent': return { by, field: 'User-Agent', value: headers['user-agent'] ?? '' };
    default: return by satisfies never;
  }
}
