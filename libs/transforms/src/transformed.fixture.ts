import { Answer, AnswerBody, HeaderList, type Exchange, type Extension, type Surroundings, type Transform } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { exchangeOf, type Given } from '../test/exchange.js';

const surroundings: Surroundings = { clock: new FakeClock(), random: () => 0, folder: '/', resolve: () => { throw new Error('not asked for'); } };

/** A transform as the file would make it. */
export function transformOf(extension: Extension<'transform'>, options: Record<string, unknown>): Transform {
  return extension.create(extension.schema.parse(options), surroundings);
}

/** Sends a request through a transform. */
export async function sent(transform: Transform, given: Given): Promise<{ body: string; headers: HeaderList; exchange: ReturnType<typeof exchangeOf> }> {
  const exchange = exchangeOf(given);
  await transform.request?.(exchange);
  const { outgoing } = exchange;
  return { body: Buffer.isBuffer(outgoing.body) ? outgoing.body.toString() : '', headers: outgoing.headers, exchange };
}

/** Sends an answer back through a transform. */
export async function answered(transform: Transform, body: string | Uint8Array, type: string, { exchange = exchangeOf(), status = 200 }: { exchange?: Exchange; status?: number } = {}): Promise<{ text: string; headers: HeaderList; status: number }> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const answer = new Answer(status, new HeaderList(['content-type', type, 'content-length', String(bytes.byteLength), 'etag', '"x"']), AnswerBody.of(bytes));
  await transform.response?.(exchange, answer);
  return { text: answer.body?.takeWhole()?.toString() ?? '', headers: answer.headers, status: answer.status };
}
