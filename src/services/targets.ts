import { isIP } from 'node:net';
import { Pool } from 'undici';
import { Target } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { guardedLookup, isMetadataAddress } from './address-guard.js';

export type TargetConfig = ServiceConfig['targets'][number];

/** Longer than any sensible `timeout.connect`: the try's own timer decides, this only frees the socket. */
const CONNECT_BACKSTOP = 60_000;
const RESPONSE_HEADER_LIMIT = 65_536;

/**
 * Opens the pool of one target.
 * @throws Error when the address is one that targets may not have.
 */
export function openTarget({ url, weight, zone = '', priority }: TargetConfig, config: ServiceConfig): Target {
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
  return new Target(address, weight, pool, { zone, priority });
}
