import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress, type InputType } from 'node:zlib';

type Decode = (bytes: InputType, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify(gunzip) as Decode],
  ['x-gzip', promisify(gunzip) as Decode],
  ['deflate', promisify(inflate) as Decode],
  ['br', promisify(brotliDecompress) as Decode],
  ['zstd', promisify(zstdDecompress) as Decode],
]);

/** Thrown when decoded content is over the limit: a small body may hold a huge one. */
export class DecodedTooLarge extends Error {
  override readonly name = 'DecodedTooLarge';
}

/** An `Accept-Encoding` value less the codings that are not known; empty when none is left. */
export function knownCodings(accept: string): string {
  const known = accept.split(',').filter((item) => DECODERS.has((item.split(';', 1)[0] as string).trim().toLowerCase()));
  return known.map((item) => item.trim()).join(', ');
}

/** The decoder of a `Content-Encoding` value; `undefined` for one, or a row of them, that is not known. */
export function decoderOf(coding: string | undefined): ((bytes: Uint8Array, max: number) => Promise<Uint8Array>) | undefined {
  const name = coding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return (bytes) => Promise.resolve(bytes);
  const decode = DECODERS.get(name);
  return decode && (async (bytes, max) => {
    try {
      return await decode(bytes, { maxOutputLength: max });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new DecodedTooLarge(undefined, { cause: error }) : error;
    }
  });
}
