import { Problem, problems, type Exchange, type HeaderList, type ProblemType } from '#libs/kernel';
import { readBody } from './buffer-body.js';
import { DecodedTooLarge, decoderOf } from './content-coding.js';
import type { SkipReason } from './events.js';
import { Unreadable } from './unreadable.js';

/** What a body is read as. */
export interface Reading {
  /** For messages, e.g. `JSON`. */
  readonly format: string;
  /** Bytes allowed, packed and unpacked. */
  readonly max: number;
  /** Whether it is a body of that format, by its header. */
  readonly takes: (headers: HeaderList) => boolean;
  /** Whether its characters can be read, by its header. */
  readonly readable?: (headers: HeaderList) => boolean;
}

/**
 * Reads the body of a request, unpacked; it stays in `exchange.outgoing` as it was.
 * @param parse what becomes of the bytes; may throw.
 * @returns `null` when there is no body, or none of that format.
 * @throws Problem invalid-body, body-too-large, or unsupported-media-type for a coding or charset that cannot be read:
 * passing it on would let a client go round the edits.
 */
export async function readRequest<T>(exchange: Exchange, { format, max, readable, takes }: Reading, parse: (bytes: Uint8Array, headers: HeaderList) => T | Promise<T>): Promise<{ readonly value: T } | null> {
  const { outgoing } = exchange;
  if (!outgoing || outgoing.body === null || !takes(outgoing.headers)) return null;
  const decode = decoderOf(outgoing.headers.all('content-encoding').join(','));
  if (!decode) throw new Problem(problems.unsupportedMediaType, 'This route looks into the body and does not know its Content-Encoding', { headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' } });
  if (readable?.(outgoing.headers) === false) throw new Problem(problems.unsupportedMediaType, `${format} is sent in UTF-8`);
  const bytes = await readBody(exchange, max);
  if (bytes === null || bytes.length === 0) return null;
  try {
    return { value: await parse(await decode(bytes, max), outgoing.headers) };
  } catch (error) {
    throw refusal(error, format, max);
  }
}

const BY_REASON: Readonly<Partial<Record<SkipReason, ProblemType>>> = { charset: problems.unsupportedMediaType, 'too-large': problems.bodyTooLarge };

function refusal(error: unknown, format: string, max: number): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DecodedTooLarge) return new Problem(problems.bodyTooLarge, `The body is over ${max} bytes once unpacked`);
  if (!(error instanceof Unreadable)) return new Problem(problems.invalidBody, `The body is not valid ${format}`, { cause: error });
  return new Problem(BY_REASON[error.reason] ?? problems.invalidBody, error.message, { cause: error });
}
