import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange, HeaderList } from '#libs/kernel';
import { randomHex } from './random-hex.js';

/** Source of random hex text, `bytes` long before encoding. */
type Hex = (bytes: number) => string;

// Version, trace id, parent id, flags. Later versions may add fields after the flags (3.2.3, Versioning).
const PARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;
const STATE_ENTRY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const STATE_ENTRIES = 32;
/** Sampled, and random trace id: the flags that are defined; others must be 0. */
const KNOWN_FLAGS = 0b11;

/** Nobody has decided to record a trace that starts here, for nothing is exported yet. */
const NEW_FLAGS = '00';

/**
 * Compiles the reading of `traceparent`: the id of the trace the client is in, or of a new one. An invalid header
 * starts a new trace, and `tracestate` goes with it (W3C Trace Context 4.3).
 */
export function compileTraceId(hex: Hex = randomHex): (headers: IncomingHttpHeaders) => string {
  return (headers) => (headers.traceparent === undefined ? null : readParent(headers))?.traceId ?? hex(16);
}

/**
 * Compiles the writing of trace headers: for a request that leaves, within the exchange's trace and with a span id of
 * its own. The client's copies must not be in the list.
 */
export function compileTraceHeaders(hex: Hex = randomHex): (exchange: Exchange, headers: HeaderList) => void {
  return ({ headers: sent, traceId }, headers) => {
    const parent = sent.traceparent === undefined ? null : readParent(sent);
    headers.append('traceparent', `00-${traceId}-${hex(8)}-${parent?.flags ?? NEW_FLAGS}`);
    const state = parent ? readState(sent) : null;
    if (state !== null) headers.append('tracestate', state);
  };
}

function readParent(headers: IncomingHttpHeaders): { traceId: string; flags: string } | null {
  const sent = headers.traceparent;
  if (typeof sent !== 'string') return null;
  const parts = PARENT.exec(sent);
  if (!parts || (parts[1] === '00' && parts[4] !== undefined)) return null;
  const flags = Number.parseInt(parts[3] as string, 16) & KNOWN_FLAGS;
  return { traceId: parts[2] as string, flags: `0${flags}` };
}

/** The list if every entry is valid and there are not too many; a list that is broken is dropped whole. */
function readState(headers: IncomingHttpHeaders): string | null {
  const sent = headers.tracestate;
  if (typeof sent !== 'string') return null;
  const entries = sent.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  if (entries.length === 0 || entries.length > STATE_ENTRIES) return null;
  return entries.every((entry) => STATE_ENTRY.test(entry)) ? entries.join(',') : null;
}
