import type { LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { buildConnector, Http2Dispatcher, Pool, type PoolStats } from '#libs/forwarder';
import type { Target } from '#libs/kernel';
import { fingerprint, type ServiceConfig } from '../config/index.js';
import { guardedLookup } from './address-guard.js';

/** What decides how connections to the targets of a service are made. */
export type ConnectionConfig = Pick<ServiceConfig, 'connections' | 'networks' | 'protocol' | 'tls'>;

/** Longer than any sensible `timeout.connect`: the try's own timer decides, this only frees the socket. */
const CONNECT_BACKSTOP = 60_000;
/** Over HTTP/2 all requests wait for the one connection that is being made. */
const CONNECT_BACKSTOP_HTTP2 = 10_000;
const RESPONSE_HEADER_LIMIT = 65_536;

/** TLS settings as Node takes them. */
export interface TlsOptions {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

type SocketOptions = { readonly lookup: LookupFunction } & Partial<TlsOptions>;

/** Tells settings apart, secrets included. Not to be shown to anybody. */
export function connectionSettings({ connections, networks, protocol, tls }: ConnectionConfig): string {
  return fingerprint([connections, networks, protocol, tls]);
}

/** The TLS settings of a service as Node takes them. */
export function tlsOptions({ tls }: Pick<ServiceConfig, 'tls'>): TlsOptions {
  const { ca, cert, key, minVersion, passphrase, servername, verify } = tls;
  return {
    // Made once: a connection would otherwise read all certificates anew.
    secureContext: createSecureContext({
      minVersion,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined || key === undefined ? {} : { cert, key: key.reveal() }),
      ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
    }),
    rejectUnauthorized: verify,
    ...(servername === undefined ? {} : { servername }),
  };
}

/** Opens the connections to one target: nothing is connected before the first request. */
export function openConnections({ origin, protocol }: URL, config: ConnectionConfig): Dispatcher {
  const base: SocketOptions = { lookup: guardedLookup(config.networks), ...(protocol === 'https:' ? tlsOptions(config) : {}) };
  const http1 = (): Dispatcher => openHttp1(origin, config, base);
  const http2 = config.protocol === 'http2' || (config.protocol === 'auto' && protocol === 'https:');
  if (!http2) return http1();
  const { keepAlive, max, maxAge, maxRequests = 0, streams } = config.connections;
  return new Http2Dispatcher(new URL(origin), {
    connections: max,
    limits: { streams, keepAlive, maxRequests, maxAge },
    connect: buildConnector({ ...base, timeout: CONNECT_BACKSTOP_HTTP2, preferH2: true }),
    http1: protocol === 'https:' ? http1 : null,
    strict: config.protocol === 'http2',
  });
}

function openHttp1(origin: string, { connections }: ConnectionConfig, base: SocketOptions): Pool {
  return new Pool(origin, {
    connections: connections.max,
    keepAliveTimeout: connections.keepAlive,
    maxHeaderSize: RESPONSE_HEADER_LIMIT,
    allowH2: false,
    connect: { ...base, timeout: CONNECT_BACKSTOP },
    ...(connections.maxRequests === undefined ? {} : { maxRequestsPerClient: connections.maxRequests }),
    ...(connections.maxAge === 0 ? {} : { clientTtl: connections.maxAge }),
  });
}

/** How busy the connections to a target are; no request is counted twice. */
export function poolStats({ dispatcher }: Target): PoolStats {
  const { connected, free, pending, queued, running } = (dispatcher as Dispatcher & { readonly stats: PoolStats }).stats;
  // undici counts those that wait for a connection as both.
  return { connected, free, pending: pending - queued, queued, running };
}
