const DASH = 0x2d;

/** Counts the parts of a form by what stands between them (RFC 2046 5.1.1), whoever else reads it. */
export class DelimiterCount {
  /** Delimiters that something follows. */
  parts = 0;
  readonly #delimiter: Buffer;
  /** The end of what came, where a delimiter or the two dashes behind it may have begun. */
  #tail: Buffer = Buffer.from('\r\n');
  #closed = false;

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  add(chunk: Buffer): void {
    if (this.#closed) return;
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const { length } = this.#delimiter;
    let from = 0;
    for (let at = bytes.indexOf(this.#delimiter); at >= 0; at = bytes.indexOf(this.#delimiter, from)) {
      if (at + length + 2 > bytes.length) return void (this.#tail = bytes.subarray(at));
      if (bytes[at + length] === DASH && bytes[at + length + 1] === DASH) return void (this.#closed = true);
      this.parts++;
      from = at + length;
    }
    this.#tail = bytes.subarray(Math.max(from, bytes.length - length + 1));
  }
}
