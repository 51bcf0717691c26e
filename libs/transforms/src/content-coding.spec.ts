import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { DecodedTooLarge, decoderOf, knownCodings } from './content-coding.js';

const text = Buffer.from('a'.repeat(1_000));

describe.each([
  ['gzip', gzipSync(text)], ['X-GZIP', gzipSync(text)], ['deflate', deflateSync(text)], ['br', brotliCompressSync(text)], [' zstd', zstdCompressSync(text)],
])('%s', (coding, packed) => {
  it('is decoded', async () => {
    expect(Buffer.from(await decoderOf(coding)?.(packed, 1_000) ?? [])).toEqual(text);
  });

  it('is stopped at the limit', async () => {
    await expect(decoderOf(coding)?.(packed, 999)).rejects.toThrow(DecodedTooLarge);
  });

  it('is an error when broken', async () => {
    await expect(decoderOf(coding)?.(Buffer.from('nonsense'), 1_000)).rejects.toMatchObject({ name: 'Error', code: expect.any(String) as string });
  });
});

it.each([undefined, '', 'identity'])('%s is the content itself', async (coding) => {
  expect(await decoderOf(coding)?.(text, 1)).toBe(text);
});

it.each(['compress', 'gzip, br', 'constructor'])('%s is not known', (coding) => {
  expect(decoderOf(coding)).toBeUndefined();
});

it.each([
  ['gzip, compress;q=0.5, br;q=0.1', 'gzip, br;q=0.1'], ['compress', ''], ['*', ''], ['GZIP', 'GZIP'],
])('of "%s" "%s" is known', (accept, expected) => {
  expect(knownCodings(accept)).toBe(expected);
});
