import { AnswerBody, type Answer, type Exchange, type HeaderList } from '#libs/kernel';
import { collect } from './buffer-body.js';
import { DecodedTooLarge, decoderOf, knownCodings } from './content-coding.js';
import { transformSkipped, type SkipReason } from './events.js';
import { parseExact, stringifyExact } from './exact-json.js';
import { describeBody, isJson, isUtf8 } from './json-message.js';

/** What an edit of answers is called in events, and how many bytes it takes, packed and unpacked. */
export interface AnswerEditOptions {
  readonly name: string;
  readonly max: number;
}

/** Asks the service for what can be edited: the client must not choose a range or a coding to go round the edits. */
export function askForReadable(headers: HeaderList): void {
  headers.remove('range');
  headers.remove('if-range');
  const accepted = headers.all('accept-encoding').join(', ');
  if (accepted === '') return;
  const known = knownCodings(accepted);
  if (known === '') headers.remove('accept-encoding');
  else headers.set('accept-encoding', known);
}

/**
 * Edits the JSON body of an answer. What cannot be read (too large, malformed, an unknown coding or charset) goes on
 * byte for byte, and `transformSkipped` tells. Partial answers and those without a body have nothing to edit.
 * @throws Problem when the body breaks while it is read.
 */
export async function editJsonAnswer(
  exchange: Exchange, answer: Answer, edit: (value: unknown) => unknown, { name, max }: AnswerEditOptions,
): Promise<void> {
  const { headers } = answer;
  if (answer.status === 206 || !isJson(headers)) return;
  // The answer to HEAD describes the body of GET, whose length and validators are the edited one's.
  if (exchange.method === 'HEAD') return describeBody(headers, null);
  if (answer.body === null) return;
  const skip = (reason: SkipReason): void => transformSkipped.publish({ exchange, transform: name, reason });
  const decode = decoderOf(headers.all('content-encoding').join(','));
  if (!decode) return skip('content-encoding');
  if (!isUtf8(headers)) return skip('charset');
  if (Number(headers.get('content-length') ?? 0) > max) return skip('too-large');
  const collected = await collect(answer.body, max, exchange);
  if (collected.bytes === null) {
    answer.body = collected.body;
    return skip('too-large');
  }
  try {
    const edited = stringifyExact(edit(parseExact(await decode(collected.bytes, max))));
    answer.body = AnswerBody.of(edited);
    describeBody(headers, edited.length);
  } catch (error) {
    answer.body = restored(collected.bytes, collected.trailers);
    skip(error instanceof DecodedTooLarge ? 'too-large' : 'malformed');
  }
}

function restored(bytes: Uint8Array, trailers: readonly string[] | null): AnswerBody {
  const body = new AnswerBody();
  body.push(bytes);
  body.end(trailers);
  return body;
}
