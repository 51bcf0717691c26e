import { gzipSync } from 'node:zlib';
import { Answer, AnswerBody, HeaderList } from '#libs/kernel';
import { exchangeOf } from '../test/exchange.js';
import { stringifyExact } from './exact-json.js';
import { readJsonAnswer } from './read-json-answer.js';

const answerOf = (bytes: Uint8Array | string, headers: readonly string[] = [], status = 200): Answer => new Answer(status, new HeaderList([...headers]), AnswerBody.of(bytes));
const read = async (answer: Answer, max = 100): Promise<string> => stringifyExact(await readJsonAnswer(exchangeOf(), answer, max)).toString();

it.each<[string, Answer, string]>([
  ['JSON', answerOf('{"a":1}'), '{"a":1}'],
  ['numbers of any length', answerOf('[1.0,123456789012345678901]'), '[1.0,123456789012345678901]'],
  ['what is packed', answerOf(gzipSync('[1]'), ['Content-Encoding', 'gzip']), '[1]'],
  ['JSON of another type', answerOf('1', ['Content-Type', 'text/plain']), '1'],
  ['no content', answerOf('', [], 204), 'null'],
  ['no body', new Answer(200), 'null'],
])('reads %s', async (_name, answer, expected) => expect(await read(answer)).toBe(expected));

it.each<[string, Answer]>([
  ['nothing', answerOf('')],
  ['no JSON', answerOf('{')],
  ['no UTF-8', answerOf(Buffer.of(0x22, 0xff, 0x22))],
  ['another charset', answerOf('1', ['content-type', 'application/json; charset=latin1'])],
  ['a coding nobody knows', answerOf('1', ['content-encoding', 'x'])],
  ['too much', answerOf(`"${'x'.repeat(100)}"`)],
  ['too much, announced', answerOf('1', ['content-length', '101'])],
  ['too much, unpacked', answerOf(gzipSync(`"${'x'.repeat(1_000)}"`), ['content-encoding', 'gzip'])],
])('refuses %s', async (_name, answer) => {
  await expect(read(answer)).rejects.toMatchObject({ type: { code: 'call-failed' } });
});

it.each([['content-length', '101'], ['content-encoding', 'x'], ['x', 'y']])('lets go of a body it does not want (%s)', async (name, value) => {
  let cancelled = 0;
  const body = new AnswerBody({ pause() {}, resume() {}, cancel: () => { cancelled++; } });
  body.push(Buffer.alloc(200));
  await expect(read(new Answer(200, new HeaderList([name, value]), body))).rejects.toThrow();
  expect(cancelled).toBe(1);
});
