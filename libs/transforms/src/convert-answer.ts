import { AnswerBody, Problem, type Answer, type Exchange, type HeaderList } from '#libs/kernel';
import { collect } from './buffer-body.js';
import { DecodedTooLarge, decoderOf } from './content-coding.js';
import { transformSkipped, type SkipReason } from './events.js';
import { describeBody } from './json-message.js';
import { Unreadable } from './unreadable.js';

/** What becomes of the body of an answer. */
export interface AnswerConversion {
  /** The `use` name, for events. */
  readonly name: string;
  /** Bytes it takes, packed and unpacked. */
  readonly max: number;
  readonly takes: (headers: HeaderList) => boolean;
  readonly readable?: (headers: HeaderList) => boolean;
  /** Content type of what comes out. Default: it stays. */
  readonly type?: string;
  /** `null` leaves the body as it is. May throw: then it goes on as it was too; a Problem becomes the answer. */
  readonly convert: (bytes: Uint8Array, headers: HeaderList) => Buffer | null | Promise<Buffer>;
}

/**
 * Converts the body of an answer. What cannot be read (too large, malformed, an unknown coding or charset) goes on byte
 * for byte, and `transformSkipped` tells. Partial answers and those without a body have nothing to convert.
 * @throws Problem when the body breaks while it is read, or the conversion throws one.
 */
export async function convertAnswer(exchange: Exchange, answer: Answer, { convert, max, name, readable, takes, type }: AnswerConversion): Promise<void> {
  const { headers } = answer;
  if (answer.status === 206 || !takes(headers)) return;
  // The answer to HEAD describes the body of GET, whose length and validators are the converted one's. Where the service was
  // asked with another method there is a body, and it may be an error.
  if ((exchange.outgoing ?? exchange).method === 'HEAD') return describe(headers, null, type);
  if (answer.body === null) return;
  const skip = (reason: SkipReason): void => transformSkipped.publish({ exchange, transform: name, reason });
  const decode = decoderOf(headers.all('content-encoding').join(','));
  if (!decode) return skip('content-encoding');
  if (readable?.(headers) === false) return skip('charset');
  if (Number(headers.get('content-length') ?? 0) > max) return skip('too-large');
  const collected = await collect(answer.body, max, exchange);
  if (collected.bytes === null) {
    answer.body = collected.body;
    return skip('too-large');
  }
  try {
    const converted = await convert(await decode(collected.bytes, max), headers);
    answer.body = converted === null ? restored(collected.bytes, collected.trailers) : AnswerBody.of(converted);
    if (converted !== null) describe(headers, converted.length, type);
  } catch (error) {
    if (error instanceof Problem) throw error;
    answer.body = restored(collected.bytes, collected.trailers);
    skip(error instanceof Unreadable ? error.reason : error instanceof DecodedTooLarge ? 'too-large' : 'malformed');
  }
}

function describe(headers: HeaderList, length: number | null, type: string | undefined): void {
  describeBody(headers, length);
  if (type !== undefined) headers.set('content-type', type);
}

function restored(bytes: Uint8Array, trailers: readonly string[] | null): AnswerBody {
  const body = new AnswerBody();
  body.push(bytes);
  body.end(trailers);
  return body;
}
