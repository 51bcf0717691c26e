import { promisify } from 'node:util';
import zlib from 'node:zlib';

/** Content codings we can produce (RFC 9110 8.4.1, RFC 8878, RFC 7932). */
export type Coding = 'zstd' | 'br' | 'gzip';

const BROTLI = {
  params: {
    // Levels above cost far more time than the bytes they save on the wire.
    [zlib.constants.BROTLI_PARAM_QUALITY]: 4,
    // 512 KiB of window instead of 4 MiB: this memory is held for as long as an answer streams.
    [zlib.constants.BROTLI_PARAM_LGWIN]: 19,
  },
};
const ZSTD = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 3, [zlib.constants.ZSTD_c_windowLog]: 19 } };
const GZIP = { level: 6 };

/**
 * Bytes encoded on the event loop at once. Up to here that takes some 25 to 100 microseconds, a half to a third of the
 * CPU that a trip to the thread pool and back costs.
 */
const SMALL = 32_768;

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip);
const brotli = promisify<zlib.InputType, zlib.BrotliOptions, Buffer>(zlib.brotliCompress);
const zstd = promisify<zlib.InputType, zlib.ZstdOptions, Buffer>(zlib.zstdCompress);

/** A stream that encodes what is written to it. */
export type Encoder = zlib.Gzip | zlib.BrotliCompress | zlib.ZstdCompress;

interface CodingMethods {
  /** Encodes content that is known whole; larger content off the event loop. */
  readonly whole: (content: Uint8Array) => Buffer | Promise<Buffer>;
  readonly stream: () => Encoder;
  /** Flush that makes all that was written readable, and keeps what was learned. */
  readonly flush: number;
}

export const codings: Readonly<Record<Coding, CodingMethods>> = {
  gzip: {
    whole: (content) => (content.byteLength <= SMALL ? zlib.gzipSync(content, GZIP) : gzip(content, GZIP)),
    stream: () => zlib.createGzip(GZIP),
    flush: zlib.constants.Z_SYNC_FLUSH,
  },
  br: {
    whole: (content) => (content.byteLength <= SMALL ? zlib.brotliCompressSync(content, BROTLI) : brotli(content, BROTLI)),
    stream: () => zlib.createBrotliCompress(BROTLI),
    flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  },
  zstd: {
    whole: (content) => (content.byteLength <= SMALL ? zlib.zstdCompressSync(content, ZSTD) : zstd(content, ZSTD)),
    stream: () => zlib.createZstdCompress(ZSTD),
    flush: zlib.constants.ZSTD_e_flush,
  },
};
