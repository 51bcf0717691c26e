import { ambiguityIn } from './part-head.js';

const [LF, CR, DASH] = [0x0a, 0x0d, 0x2d];
const BLANK_LINE = '\r\n\r\n';
/** Bytes that the head of a part may have. */
const MOST_HEAD = 16_384;

/**
 * Reads what stands between the parts of a form and at their heads (RFC 2046 5.1), whoever else reads it. Every line that
 * any reader takes for a delimiter is one: there are those that are content with half a line end, or read on behind the end.
 */
export class PartScan {
  /** Delimiters that a part follows. */
  parts = 0;
  /** What readers would see differently; `null` for nothing. */
  fault: string | null = null;
  readonly #delimiter: Buffer;
  /** The end of what came, where a delimiter may have begun, with what stands before it; or the head so far. */
  #tail: Buffer = Buffer.from('\r\n');
  #inHead = false;
  #closed = false;

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`--${boundary}`, 'latin1');
  }

  add(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#tail, chunk]);
    let from: number | null = 0;
    while (from !== null && this.fault === null) from = this.#inHead ? this.#head(bytes, from) : this.#search(bytes, from);
  }

  /** @returns where the next step begins; `null` when it needs more, which `#tail` then waits for. */
  #search(bytes: Buffer, from: number): number | null {
    const { length } = this.#delimiter;
    // What stands before the first byte was looked at before, and is no line end.
    let at = bytes.indexOf(this.#delimiter, Math.max(from, 1));
    while (at >= 0 && bytes[at - 1] !== LF && bytes[at - 1] !== CR) at = bytes.indexOf(this.#delimiter, at + 1);
    const end = at + length;
    if (at < 0) return this.#wait(bytes.subarray(Math.max(from, bytes.length - length)));
    if (end + 2 > bytes.length) return this.#wait(bytes.subarray(at - 1));
    if (this.#closed) this.fault = 'something follows its end';
    this.#closed = bytes[end] === DASH && bytes[end + 1] === DASH;
    if (this.#closed) return end + 2;
    this.parts++;
    this.#inHead = true;
    return end;
  }

  #head(bytes: Buffer, from: number): number | null {
    const end = bytes.indexOf(BLANK_LINE, from, 'latin1');
    if ((end < 0 ? bytes.length : end) - from > MOST_HEAD) this.fault = 'the head of a part is too long';
    if (end < 0) return this.#wait(bytes.subarray(from));
    const head = bytes.toString('latin1', from, end);
    this.fault ??= head.includes(this.#delimiter.toString('latin1')) ? 'a part has no content' : ambiguityIn(head);
    this.#inHead = false;
    // The line end before the content may be that before a delimiter.
    return end + 2;
  }

  #wait(rest: Buffer): null {
    this.#tail = rest;
    return null;
  }
}
