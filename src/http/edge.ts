import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { Problem, problems, type Exchange } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import { compileCorrelationId, compileRequestId } from './request-id.js';
import { compileTraceId } from './trace-context.js';
import { compileTrust, resolveClient } from './trusted-proxies.js';

/** RFC 9112 3.2: what a Host field may hold; nothing is what a client sends that has no authority to name. */
const HOST = /^(?:[\w.~-]*|\[[\da-f:.]+\])(?::\d*)?$/i;

/** What the front door does to every request before there is a route, compiled from a configuration. */
export interface Edge {
  /** Writes who is calling and under which id: `id`, `correlationId`, `peer`, `trustedPeer`, `client`, `scheme`, `host`, `trace`. */
  identify(exchange: Exchange, request: IncomingMessage): void;
  /** Limits and framing that node:http leaves to us. `null` lets the request through. */
  refuse(request: IncomingMessage): Problem | null;
}

export function compileEdge({ correlationId, forwarded, requestId, server }: Pick<GatewayConfig, 'correlationId' | 'forwarded' | 'requestId' | 'server'>): Edge {
  const trust = compileTrust(forwarded.trust);
  const newId = compileRequestId(requestId);
  const correlate = correlationId ? compileCorrelationId(correlationId) : null;
  const beginsChain = correlationId?.absent === 'request-id';
  const traceId = compileTraceId();
  const { headerCount, url } = server.limits;
  return {
    identify(exchange, request) {
      const { headers, socket } = request;
      const peer = socket.remoteAddress ?? '';
      const { client, scheme, host, trusted } = resolveClient(peer, headers, trust);
      exchange.peer = peer;
      exchange.httpVersion = request.httpVersionMajor > 1 ? String(request.httpVersionMajor) : request.httpVersion;
      exchange.client = client;
      exchange.trustedPeer = trusted;
      exchange.scheme = scheme ?? ((socket as TLSSocket).encrypted ? 'https' : 'http');
      exchange.host = host ?? headers.host ?? '';
      exchange.id = newId(headers, trusted);
      if (correlate !== null) exchange.correlationId = correlate(headers, trusted) ?? (beginsChain ? exchange.id : '');
      exchange.trace = traceId;
    },
    refuse({ headers, httpVersion, rawHeaders, url: target }) {
      if ((target as string).length > url) return new Problem(problems.uriTooLong, `The URL is over the limit of ${url} bytes`);
      if (rawHeaders.length > headerCount * 2) return new Problem(problems.headersTooLarge, `There are more than ${headerCount} header fields`);
      const hosts = count(rawHeaders, 'host');
      if (hosts > 1) return malformed('There is more than one Host header');
      if (hosts === 0 && httpVersion !== '1.0') return malformed('There is no Host header');
      if (hosts === 1 && !HOST.test(headers.host as string)) return malformed('The Host header is not a host name with or without a port');
      // RFC 9110 5.3, 8.3: who looks at the first, and a service that goes by the last, see different things.
      if (count(rawHeaders, 'content-type') > 1) return malformed('There is more than one Content-Type header');
      // RFC 9112 6.1: node:http takes off the chunks, and what is left would go on as if it were the content.
      const coding = headers['transfer-encoding'];
      return coding === undefined || coding.toLowerCase() === 'chunked' ? null : malformed('The only transfer coding is chunked');
    },
  };
}

function malformed(detail: string): Problem {
  return new Problem(problems.malformedRequest, detail);
}

/** RFC 9112 3.2: exactly one Host field; none is an accident, two are an attack. @param wanted in lower case. */
function count(rawHeaders: readonly string[], wanted: string): number {
  let found = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === wanted.length && name.toLowerCase() === wanted) found++;
  }
  return found;
}
