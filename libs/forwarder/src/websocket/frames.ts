import { randomBytes } from 'node:crypto';

/** RFC 6455 7.4.1: why a WebSocket is closed, as far as the gateway has reasons of its own. */
export const closeCodes = { away: 1001, protocolError: 1002, tooBig: 1009 } as const;

/** RFC 6455 5.2: the opcodes the gateway looks at. */
export const opcodes = { close: 0x8, ping: 0x9, pong: 0xa } as const;

const FIN = 0x80;
const MASKED = 0x80;
const MASK_LENGTH = 4;
/** RFC 6455 5.5: a control frame has at most 125 bytes of payload, two of which are the code. */
const LONGEST_REASON = 123;

/** Tells our pings from those of a service, whose pongs must reach it. */
export const pingPayload = randomBytes(8);

/** What the gateway asks a silent client. */
export const pingFrame = Buffer.concat([Buffer.of(FIN | opcodes.ping, pingPayload.length), pingPayload]);

/**
 * A close frame as a server sends it.
 * @param reason ASCII text; cut after 123 bytes.
 */
export function closeFrame(code: number, reason: string): Buffer {
  const payload = closePayload(code, reason);
  return Buffer.concat([Buffer.of(FIN | opcodes.close, payload.length), payload]);
}

/** A close frame as a client sends it: masked (RFC 6455 5.3). */
export function maskedCloseFrame(code: number, reason: string): Buffer {
  const payload = closePayload(code, reason);
  const mask = randomBytes(MASK_LENGTH);
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] as number) ^ (mask[i % MASK_LENGTH] as number);
  return Buffer.concat([Buffer.of(FIN | opcodes.close, MASKED | payload.length), mask, payload]);
}

function closePayload(code: number, reason: string): Buffer {
  const text = Buffer.from(reason, 'latin1').subarray(0, LONGEST_REASON);
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), text]);
}
