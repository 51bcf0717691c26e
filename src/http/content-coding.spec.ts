import { types } from 'node:util';
import zlib from 'node:zlib';
import { codings } from './content-coding.js';

it.each([
  ['gzip', zlib.gunzipSync],
  ['br', zlib.brotliDecompressSync],
  ['zstd', zlib.zstdDecompressSync],
] as const)('%s encodes small content at once, large content aside', async (coding, decode) => {
  const small = Buffer.from('{"a":1}'.repeat(1_000));
  const large = Buffer.from('{"a":1}'.repeat(10_000));
  const atOnce = codings[coding].whole(small);
  const aside = codings[coding].whole(large);
  expect([types.isPromise(atOnce), types.isPromise(aside)]).toEqual([false, true]);
  expect(decode(await atOnce).equals(small)).toBe(true);
  expect(decode(await aside).equals(large)).toBe(true);
});
