import type { IncomingHttpHeaders } from 'node:http';
import { readTraceParent, traceFlags, writeTraceParent, type Exchange, type HeaderList } from '#libs/kernel';
import { randomHex } from './random-hex.js';

/** Source of random hex text, `bytes` long before encoding. */
type Hex = (bytes: number) => string;

const STATE_ENTRY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const STATE_ENTRIES = 32;

/**
 * Compiles the reading of `traceparent`: the id of the trace the client is in, or of a new one. An invalid header
 * starts a new trace, and `tracestate` goes with it (W3C Trace Context 4.3).
 */
export function compileTraceId(hex: Hex = randomHex): (headers: IncomingHttpHeaders) => string {
  return (headers) => readTraceParent(headers.traceparent)?.traceId ?? hex(16);
}

/**
 * Compiles the writing of trace headers: for a request that leaves, within the exchange's trace and with a span id of
 * its own. The client's copies must not be in the list.
 */
export function compileTraceHeaders(hex: Hex = randomHex): (exchange: Exchange, headers: HeaderList) => void {
  return ({ headers: sent, journal, traceId }, headers) => {
    const parent = readTraceParent(sent.traceparent);
    // Where nothing is exported nobody has decided to record a trace that starts here; its id is random all the same.
    headers.append('traceparent', journal?.traceparent() ?? writeTraceParent({ traceId, spanId: hex(8), flags: parent?.flags ?? traceFlags.randomId }));
    const state = parent ? readState(sent) : null;
    if (state !== null) headers.append('tracestate', state);
  };
}

/** The list if every entry is valid and there are not too many; a list that is broken is dropped whole. */
function readState(headers: IncomingHttpHeaders): string | null {
  const sent = headers.tracestate;
  if (typeof sent !== 'string') return null;
  const entries = sent.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  if (entries.length === 0 || entries.length > STATE_ENTRIES) return null;
  return entries.every((entry) => STATE_ENTRY.test(entry)) ? entries.join(',') : null;
}
