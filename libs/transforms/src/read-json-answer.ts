import { Problem, problems, type Answer, type Exchange } from '#libs/kernel';
import { collect } from './buffer-body.js';
import { DecodedTooLarge, decoderOf } from './content-coding.js';
import { parseExact } from './exact-json.js';
import { isUtf8 } from './json-message.js';

/**
 * Reads an answer whole, as JSON whose numbers keep every digit; `null` where there is no body to read.
 * @param max bytes allowed, packed and unpacked.
 * @throws Problem call-failed for what cannot be read, or what broke the body.
 */
export async function readJsonAnswer(exchange: Exchange, answer: Answer, max: number): Promise<unknown> {
  const { body, headers } = answer;
  if (body === null) return null;
  const refuse = (why: string, cause?: unknown): Problem => {
    const problem = new Problem(problems.callFailed, why, { cause });
    body.cancel(problem);
    return problem;
  };
  const decode = decoderOf(headers.all('content-encoding').join(','));
  if (!decode || !isUtf8(headers)) throw refuse('The service answered in a coding that cannot be read');
  if (Number(headers.get('content-length') ?? 0) > max) throw refuse(tooLarge(max));
  const collected = await collect(body, max, exchange);
  if (collected.bytes === null) {
    const problem = new Problem(problems.callFailed, tooLarge(max));
    collected.body.cancel(problem);
    throw problem;
  }
  // RFC 9110 15.3.5 and 15.3.6: these have nothing to say, and say so.
  if (collected.bytes.byteLength === 0 && (answer.status === 204 || answer.status === 205)) return null;
  try {
    return parseExact(await decode(collected.bytes, max));
  } catch (error) {
    throw refuse(error instanceof DecodedTooLarge ? tooLarge(max) : 'The service answered with something that is not JSON', error);
  }
}

function tooLarge(max: number): string {
  return `The service answered with more than ${max} bytes`;
}
