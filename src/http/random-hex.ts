import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4_096;

const pool = Buffer.alloc(POOL_BYTES);
let text = '';
let used = 0;

/**
 * Random hex text. Bytes are drawn from the system's generator and written as text 4 KiB at a time, which makes an id cost
 * a few nanoseconds; ids stay unguessable.
 * @param bytes length before encoding, at most 4096.
 */
export function randomHex(bytes: number): string {
  const end = used + bytes * 2;
  if (end > text.length) {
    text = randomFillSync(pool).toString('hex');
    used = 0;
    return randomHex(bytes);
  }
  const start = used;
  used = end;
  return text.slice(start, end);
}
