import type { ServerOptions } from 'node:http2';
import type { ServerConfig } from '../../config/index.js';

/** Requests at once on one connection; a client keeps the others back. RFC 9113 6.5.2 advises no less. */
const STREAMS = 100;
/** Bytes of a body that a client may send ahead of whoever reads it. */
const WINDOW = 131_072;
/** Bytes of all bodies together, likewise. */
export const CONNECTION_WINDOW = 1_048_576;
/** Requests that a client may take back at once, and then per second (CVE-2023-44487). Leaving a page of many pictures is about a hundred. */
const RESETS = { burst: 200, rate: 33 };
/** Frames that make no sense, and streams beyond the limit, until the connection is given up. */
const NONSENSE = 100;
/** Megabytes a connection may cost until its new requests are refused; a hundred slow readers are within it. */
const MEMORY = 32;

/**
 * What a client may do over HTTP/2. Floods of PING and SETTINGS, and header blocks of many CONTINUATION frames, have limits in
 * nghttp2 itself.
 */
export function http2Options({ limits }: Pick<ServerConfig, 'limits'>): ServerOptions {
  const head = limits.headers + limits.url;
  return {
    settings: {
      maxConcurrentStreams: STREAMS,
      initialWindowSize: WINDOW,
      // Of what is over the limit, up to twice as much is answered with 431. Of more than that nobody wants to read the rest.
      maxHeaderListSize: head * 2,
      enableConnectProtocol: false,
    },
    maxHeaderListPairs: limits.headerCount * 2 + 8,
    streamResetBurst: RESETS.burst,
    streamResetRate: RESETS.rate,
    maxSessionInvalidFrames: NONSENSE,
    maxSessionRejectedStreams: NONSENSE,
    maxSessionMemory: MEMORY,
    // A service that repeats such a field gets away with it over HTTP/1 as well.
    strictSingleValueFields: false,
  };
}
