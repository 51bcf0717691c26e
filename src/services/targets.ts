import { isIP } from 'node:net';
import { Pool } from 'undici';
import { Target, type Address } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { guardedLookup, isMetadataAddress } from './address-guard.js';

/** Longer than any sensible `timeout.connect`: the try's own timer decides, this only frees the socket. */
const CONNECT_BACKSTOP = 60_000;
const RESPONSE_HEADER_LIMIT = 65_536;

/** Tells targets apart: what is the same under another configuration keeps its connections and all that is known of it. */
export function targetKey(service: string, url: string, { allowPrivate, connections }: ServiceConfig): string {
  return JSON.stringify([service, url, connections, allowPrivate]);
}

/**
 * Opens the pool of one target.
 * @throws Error when the address is one that targets may not have.
 */
export function openTarget({ url, ...placement }: Address, config: ServiceConfig): Target {
  const address = new URL(url);
  const guarded = config.allowPrivate === 'no-metadata';
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (guarded && isIP(host) !== 0 && isMetadataAddress(host)) {
    throw new Error(`${url} is a link-local or metadata address; set allowPrivate: all if it is really meant`);
  }
  const pool = new Pool(address.origin, {
    connections: config.connections.max,
    keepAliveTimeout: config.connections.keepAlive,
    maxHeaderSize: RESPONSE_HEADER_LIMIT,
    allowH2: false,
    connect: { timeout: CONNECT_BACKSTOP, ...(guarded ? { lookup: guardedLookup } : {}) },
  });
  return new Target(address, pool, placement);
}
