/** Version, trace id, parent id, flags. Later versions may add fields after the flags (W3C Trace Context 3.2.3, Versioning). */
const PARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Flags that are defined (W3C Trace Context 3.2.2.5, and level 2); others must be 0. */
export const traceFlags = { sampled: 0b01, randomId: 0b10 } as const;
const KNOWN = traceFlags.sampled | traceFlags.randomId;

/** Where a request stands in the trace of whoever sent it. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** The sender's span, 16 hex digits. */
  readonly spanId: string;
  /** Those that are defined. */
  readonly flags: number;
}

/** Reads a `traceparent` (W3C Trace Context 3.2). `null` for one that is not valid, or not there. */
export function readTraceParent(sent: string | string[] | undefined): TraceParent | null {
  if (typeof sent !== 'string') return null;
  const parts = PARENT.exec(sent);
  if (!parts || (parts[1] === '00' && parts[5] !== undefined)) return null;
  return { traceId: parts[2] as string, spanId: parts[3] as string, flags: Number.parseInt(parts[4] as string, 16) & KNOWN };
}

/** The text of a `traceparent` of version 00. */
export function writeTraceParent({ flags, spanId, traceId }: TraceParent): string {
  return `00-${traceId}-${spanId}-0${flags}`;
}
