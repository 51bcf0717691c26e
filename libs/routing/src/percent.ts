/** Percent-encoding and UTF-8, as far as paths need them. */

const UPPER_HEX = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);

/** `%XX` of a byte, digits in upper case (RFC 3986 2.1). */
export function escapeByte(byte: number): string {
  return UPPER_HEX[byte] as string;
}

/** The byte that the two hexadecimal digits at `index` stand for; -1 when they are none. */
export function hexPair(text: string, index: number): number {
  const high = hexDigit(text.charCodeAt(index));
  const low = hexDigit(text.charCodeAt(index + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** RFC 3986 2.3: letters, digits, `-`, `.`, `_` and `~`. */
export function isUnreserved(byte: number): boolean {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x5f || byte === 0x7e;
}

/** Watches a row of bytes for well-formed UTF-8 (RFC 3629 4); C1 controls (C2 80 to C2 9F) are refused as well. */
export class Utf8Check {
  #pending = 0;
  #low = 0x80;
  #high = 0xbf;

  /** `false` at the first byte that cannot stand here. */
  accepts(byte: number): boolean {
    if (this.#pending > 0) {
      if (byte < this.#low || byte > this.#high) return false;
      this.#pending -= 1;
      this.#low = 0x80;
      this.#high = 0xbf;
      return true;
    }
    if (byte < 0x80) return true;
    // C0 and C1 could only start overlong forms, F5 and above lie beyond U+10FFFF.
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#pending = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte === 0xc2 || byte === 0xe0) this.#low = 0xa0;
    else if (byte === 0xf0) this.#low = 0x90;
    else if (byte === 0xed) this.#high = 0x9f;
    else if (byte === 0xf4) this.#high = 0x8f;
    return true;
  }

  /** Whether no character is cut short. */
  get complete(): boolean {
    return this.#pending === 0;
  }
}
