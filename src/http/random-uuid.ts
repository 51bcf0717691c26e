import { randomFillSync } from 'node:crypto';

/** Ids drawn at a time. */
const DRAWN = 256;
const BYTES = 16;
const LENGTH = 36;
const HYPHEN = 0x2d;

/** The two hex digits of each byte, as character codes. */
const DIGITS = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)).toString('hex');
const CODES = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));

const pool = new Uint8Array(DRAWN * BYTES);
const written = Buffer.alloc(DRAWN * LENGTH);
let text = '';
let used = 0;

/**
 * A random UUID (RFC 9562 5.4), as unguessable as those of node:crypto. Each of those is put together from twenty pieces,
 * which costs little until somebody writes it to a socket: then it has to be made one. These are cut from a text that is
 * drawn for many at a time.
 */
export function randomUuid(): string {
  if (used === text.length) draw();
  const start = used;
  used += LENGTH;
  return text.slice(start, used);
}

function draw(): void {
  randomFillSync(pool);
  let at = 0;
  for (let i = 0; i < pool.length; i++) {
    const place = i % BYTES;
    if (place === 4 || place === 6 || place === 8 || place === 10) written[at++] = HYPHEN;
    const byte = marked(pool[i] as number, place);
    written[at++] = CODES[2 * byte] as number;
    written[at++] = CODES[2 * byte + 1] as number;
  }
  text = written.toString('latin1');
  used = 0;
}

/** A byte of the id, with what says the version and the variant (RFC 9562 4.1, 4.2). */
function marked(byte: number, place: number): number {
  if (place === 6) return (byte & 0x0f) | 0x40;
  return place === 8 ? (byte & 0x3f) | 0x80 : byte;
}
