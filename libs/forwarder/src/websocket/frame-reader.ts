const SHORTEST_HEADER = 2;
const LONGEST_HEADER = 14;
const MASK_LENGTH = 4;
/** Values of the 7-bit length that say a longer one follows (RFC 6455 5.2). */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * Follows the frames of one direction of a WebSocket through chunks of any size. Reads headers only: payloads are
 * counted, neither copied nor unmasked, so that what extensions did to them (permessage-deflate) is no concern.
 */
export class FrameReader {
  /** Payload bytes of the current frame still to come; `Infinity` when the length makes no sense and the trail is lost. */
  left = 0;
  /** Bytes of an incomplete header read so far. */
  partial = 0;
  /** Payload bytes the last complete header announced. */
  length = 0;
  /** Whether that length was written in the shortest form, as RFC 6455 5.2 asks. */
  minimal = true;
  #needed = SHORTEST_HEADER;
  readonly #header = Buffer.alloc(LONGEST_HEADER);

  /** Whether the last frame is complete and the next has not begun: the only place where another frame may be put. */
  get between(): boolean {
    return this.left === 0 && this.partial === 0;
  }

  get opcode(): number {
    return (this.#header[0] as number) & 0x0f;
  }

  get final(): boolean {
    return (this.#header[0] as number) >= 0x80;
  }

  get masked(): boolean {
    return (this.#header[1] as number) >= 0x80;
  }

  /** Byte of the masking key for the payload byte at that index. */
  maskAt(index: number): number {
    return this.#header[this.#needed - MASK_LENGTH + (index % MASK_LENGTH)] as number;
  }

  /** Passes over payload. @returns where it, or the chunk, ends. */
  skip(chunk: Buffer, at: number): number {
    const step = Math.min(this.left, chunk.length - at);
    this.left -= step;
    return at + step;
  }

  /** Reads header bytes; `partial` is 0 afterwards when the header is complete. @returns where it, or the chunk, ends. */
  header(chunk: Buffer, at: number): number {
    const header = this.#header;
    if (this.partial === 0) this.#needed = SHORTEST_HEADER;
    let next = at;
    while (next < chunk.length) {
      header[this.partial++] = chunk[next++] as number;
      if (this.partial === SHORTEST_HEADER) this.#needed = headerLength(header[1] as number);
      if (this.partial === this.#needed) {
        this.#complete();
        break;
      }
    }
    return next;
  }

  #complete(): void {
    const header = this.#header;
    this.partial = 0;
    const short = (header[1] as number) & 0x7f;
    if (short < LENGTH_16) this.#announce(short, 0);
    else if (short === LENGTH_16) this.#announce(header.readUInt16BE(2), LENGTH_16);
    else this.#announce(header.readUInt32BE(2) * 2 ** 32 + header.readUInt32BE(6), 2 ** 16);
  }

  #announce(length: number, atLeast: number): void {
    this.length = Number.isSafeInteger(length) ? length : Number.POSITIVE_INFINITY;
    this.left = this.length;
    this.minimal = length >= atLeast;
  }
}

function headerLength(second: number): number {
  const short = second & 0x7f;
  const extended = short === LENGTH_64 ? 8 : short === LENGTH_16 ? 2 : 0;
  return SHORTEST_HEADER + extended + (second >= 0x80 ? MASK_LENGTH : 0);
}
