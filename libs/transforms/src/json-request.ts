import { Problem, problems, type Exchange, type Outgoing } from '#libs/kernel';
import { readBody } from './buffer-body.js';
import { DecodedTooLarge, decoderOf } from './content-coding.js';
import { parseExact } from './exact-json.js';
import { isJson, isUtf8 } from './json-message.js';

/**
 * Reads the JSON body of a request; the body stays in `exchange.outgoing` as it was.
 * @param max Bytes allowed, packed and unpacked.
 * @returns `null` when there is no body, or none of a JSON type.
 * @throws Problem invalid-body, body-too-large, or unsupported-media-type for a coding or charset that cannot be read:
 * passing it on would let a client go round the edits.
 */
export async function readJson(exchange: Exchange, max: number): Promise<{ readonly value: unknown; readonly outgoing: Outgoing } | null> {
  const { outgoing } = exchange;
  if (!outgoing || outgoing.body === null || !isJson(outgoing.headers)) return null;
  const decode = decoderOf(outgoing.headers.all('content-encoding').join(','));
  if (!decode) throw new Problem(problems.unsupportedMediaType, 'This route looks into the body and does not know its Content-Encoding', { headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' } });
  if (!isUtf8(outgoing.headers)) throw new Problem(problems.unsupportedMediaType, 'JSON is sent in UTF-8');
  const bytes = await readBody(exchange, max);
  if (bytes === null || bytes.length === 0) return null;
  try {
    return { value: parseExact(await decode(bytes, max)), outgoing };
  } catch (error) {
    if (error instanceof DecodedTooLarge) throw new Problem(problems.bodyTooLarge, `The body is over ${max} bytes once unpacked`);
    throw new Problem(problems.invalidBody, 'The body is not valid JSON', { cause: error });
  }
}
