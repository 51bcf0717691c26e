import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayConfig } from '../config/index.js';
import { randomHex } from './random-hex.js';
import { randomUuid } from './random-uuid.js';

type Setting = GatewayConfig['requestId'];

/** Gives a request its id. */
export type RequestId = (headers: IncomingHttpHeaders, trustedPeer: boolean) => string;

// An id ends up in headers, logs and URNs: nothing in it may need quoting there. A repeated header arrives joined with
// a comma and fails here too.
const SAFE = /^[A-Za-z0-9._~+/=:@-]{1,128}$/;

/** Compiles `requestId`: keeps the id a believed caller sent if it is safe to repeat, else makes one. */
export function compileRequestId(setting: Setting): RequestId {
  const create = generator(setting.format);
  if (setting.trust === 'generate') return create;
  const header = setting.header.toLowerCase();
  const anyone = setting.trust === 'client';
  return (headers, trustedPeer) => {
    if (!anyone && !trustedPeer) return create();
    const sent = headers[header];
    return typeof sent === 'string' && SAFE.test(sent) ? sent : create();
  };
}

/** Compiles `correlationId`: gives the id that a believed caller sent if it is safe to repeat, else `null`. */
export function compileCorrelationId({ header, trust }: NonNullable<GatewayConfig['correlationId']>): (headers: IncomingHttpHeaders, trustedPeer: boolean) => string | null {
  const name = header.toLowerCase();
  return (headers, trustedPeer) => {
    const sent = trustedPeer || trust === 'client' ? headers[name] : undefined;
    return typeof sent === 'string' && SAFE.test(sent) ? sent : null;
  };
}

function generator(format: Setting['format']): () => string {
  switch (format) {
    case 'uuid': return randomUuid;
    case 'hex32': return () => randomHex(16);
    case 'hex8': return () => randomHex(4);
    default: return format satisfies never;
  }
}
