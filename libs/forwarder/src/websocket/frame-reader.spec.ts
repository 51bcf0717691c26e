import { seededRandom } from '#libs/testing';
import { frame, pieces, type Written } from './frame.fixture.js';
import { FrameReader } from './frame-reader.js';

interface Header { opcode: number; final: boolean; masked: boolean; length: number; minimal: boolean }

function readAll(chunks: readonly Buffer[]): { headers: Header[]; reader: FrameReader } {
  const reader = new FrameReader();
  const headers: Header[] = [];
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      if (reader.left > 0) { at = reader.skip(chunk, at); continue; }
      at = reader.header(chunk, at);
      const { opcode, final, masked, length, minimal } = reader;
      if (reader.partial === 0) headers.push({ opcode, final, masked, length, minimal });
    }
  }
  return { headers, reader };
}

describe('FrameReader', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 100_000])('reads a frame of %i bytes, masked or not', (length) => {
    const payload = Buffer.alloc(length, 7);
    const { headers, reader } = readAll([frame({ first: 0x82, payload }), frame({ first: 0x01, payload, mask: Buffer.from([1, 2, 3, 4]) })]);
    expect(headers).toEqual([
      { opcode: 2, final: true, masked: false, length, minimal: true },
      { opcode: 1, final: false, masked: true, length, minimal: true },
    ]);
    expect(reader.between).toBe(true);
  });

  it('finds the same frames however the bytes are cut', () => {
    const random = seededRandom(6_455);
    for (let round = 0; round < 200; round++) {
      const written: Written[] = Array.from({ length: 20 }, () => ({
        first: Math.floor(random() * 256),
        payload: Buffer.alloc([0, 5, 125, 126, 300, 70_000][Math.floor(random() ** 3 * 6)] as number, 0x81),
        ...(random() < 0.5 ? { mask: Buffer.from([9, 8, 7, 6]) } : {}),
      }));
      const { headers, reader } = readAll(pieces(Buffer.concat(written.map(frame)), random, 1 + round * 10));
      expect(headers.map(({ length }) => length)).toEqual(written.map(({ payload }) => payload.length));
      expect(headers.map(({ opcode }) => opcode)).toEqual(written.map(({ first }) => first & 15));
      expect(reader.between).toBe(true);
    }
  });

  it.each([
    ['125 in 16 bits', [0x82, 126, 0, 125], 125, false],
    ['126 in 16 bits', [0x82, 126, 0, 126], 126, true],
    ['65535 in 64 bits', [0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255], 65_535, false],
    ['65536 in 64 bits', [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], 65_536, true],
    ['the largest safe length', [0x82, 127, 0, 0x1f, 255, 255, 255, 255, 255, 255], Number.MAX_SAFE_INTEGER, true],
    ['one more', [0x82, 127, 0, 0x20, 0, 0, 0, 0, 0, 0], Number.POSITIVE_INFINITY, true],
    ['a length with the highest bit', [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], Number.POSITIVE_INFINITY, true],
  ])('reads %s', (_what, bytes, length, minimal) => {
    const { headers, reader } = readAll([Buffer.from(bytes)]);
    expect(headers).toEqual([{ opcode: 2, final: true, masked: false, length, minimal }]);
    expect(reader.between).toBe(false);
  });

  it('is not between frames within a header or a payload', () => {
    const bytes = frame({ first: 0x82, payload: Buffer.alloc(3), mask: Buffer.alloc(4) });
    const between = [...bytes.keys()].map((end) => readAll([bytes.subarray(0, end)]).reader.between);
    expect(between).toEqual([true, ...Array.from({ length: bytes.length - 1 }, () => false)]);
  });
});
