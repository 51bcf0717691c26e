/** A frame written from the RFC, apart from the code under test. */
export interface Written {
  /** FIN, RSV and opcode. */
  readonly first: number;
  readonly payload: Buffer;
  readonly mask?: Buffer;
}

export function frame({ first, payload, mask }: Written): Buffer {
  const masked = mask === undefined ? 0 : 0x80;
  const { length } = payload;
  const size = length < 126 ? [masked | length] : length < 65_536 ? [masked | 126, length >> 8, length & 255] : [masked | 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  const body = mask === undefined ? payload : Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] as number)));
  return Buffer.concat([Buffer.of(first, ...size), mask ?? Buffer.alloc(0), body]);
}

/** Cuts bytes into pieces of random sizes. */
export function pieces(bytes: Buffer, random: () => number, largest: number): Buffer[] {
  const list: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(random() * largest);
    list.push(bytes.subarray(at, at + size));
    at += size;
  }
  return list;
}
