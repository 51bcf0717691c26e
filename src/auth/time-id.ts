import { randomFillSync } from 'node:crypto';

const VERSION = 0x70;
const VARIANT = 0x80;
const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * An id with a moment in it and 74 random bits (RFC 9562 5.7, UUIDv7). Ours are made so because `iat` counts whole
 * seconds only: who signs in within the second of a revocation would be revoked with what came before.
 * @param now milliseconds since the epoch.
 */
export function timeId(now: number): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = VERSION | ((bytes[6] as number) & 0x0f);
  bytes[8] = VARIANT | ((bytes[8] as number) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The moment in such an id, in milliseconds since the epoch; `null` for any other text. */
export function timeOf(id: string): number | null {
  return PATTERN.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : null;
}
