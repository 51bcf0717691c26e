import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { Answer, AnswerBody, Exchange, HeaderList } from '#libs/kernel';
import { compileCompression } from './compression.js';

type Setting = Exclude<Parameters<typeof compileCompression>[0], 'off'>;
const setting: Setting = { encodings: ['zstd', 'br', 'gzip'], minSize: 1_000, types: ['text/*', 'application/json', 'multipart/*'] };
const text = 'attendance '.repeat(500);
const decode = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync, zstd: zlib.zstdDecompressSync };

function answerOf(fields: Record<string, string> = {}, body: AnswerBody | null = AnswerBody.of(text), status = 200): Answer {
  const all = { 'content-type': 'application/json', 'content-length': String(text.length), ...fields };
  return new Answer(status, new HeaderList(Object.entries(all).flat()), body);
}

async function run(answer: Answer, acceptEncoding: string | undefined = 'gzip', method = 'GET'): Promise<Answer> {
  const headers = acceptEncoding === '' ? {} : { 'accept-encoding': acceptEncoding };
  const exchange = new Exchange({ method, path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
  return await (compileCompression(setting)?.encode(exchange, answer) ?? answer);
}

const whole = (answer: Answer) => Buffer.from(answer.body?.takeWhole() ?? '');

describe('an answer that is there whole', () => {
  it.each(['gzip', 'br', 'zstd'] as const)('leaves as %s, with its length', async (coding) => {
    const answer = await run(answerOf({ 'accept-ranges': 'bytes', etag: '"v1"', vary: 'Cookie' }), coding);
    const body = whole(answer);
    expect(decode[coding](body).toString()).toBe(text);
    expect(Object.fromEntries(pairs(answer.headers))).toEqual({
      'content-type': 'application/json', 'content-length': String(body.length), 'content-encoding': coding, etag: 'W/"v1"', vary: 'Cookie, Accept-Encoding',
    });
  });

  it('of some size is encoded just the same', async () => {
    const large = text.repeat(20);
    const given = answerOf({ 'content-length': String(large.length) }, AnswerBody.of(large));
    expect(decode.zstd(whole(await run(given, 'zstd'))).toString()).toBe(large);
  });

  it('keeps a weak tag', async () => {
    expect((await run(answerOf({ etag: 'W/"v1"' }))).headers.get('etag')).toBe('W/"v1"');
  });

  it.each([
    ['the client wants none', text, ''],
    ['the client prefers identity', text, 'identity, gzip;q=0.1'],
    ['it does not shrink', randomBytes(2_000).toString('latin1'), 'gzip'],
    ['it turns out to be small', 'x'.repeat(999), 'gzip'],
  ])('leaves as it is, but varies, when %s', async (_, content, acceptEncoding) => {
    const bytes = Buffer.from(content, 'latin1');
    const given = answerOf({ etag: '"v1"' }, AnswerBody.of(bytes));
    given.headers.remove('content-length');
    const answer = await run(given, acceptEncoding);
    expect(answer.headers.flat).toEqual(['content-type', 'application/json', 'etag', '"v1"', 'Vary', 'Accept-Encoding']);
    expect(whole(answer).equals(bytes)).toBe(true);
  });
});

it.each<[string, Record<string, string>, number]>([
  ['another type', { 'content-type': 'image/png' }, 200],
  ['an event stream', { 'content-type': 'text/event-stream; charset=utf-8' }, 200],
  ['parts that replace each other', { 'content-type': 'multipart/x-mixed-replace; boundary=x' }, 200],
  ['content encoded already', { 'content-encoding': 'br' }, 200],
  ['no-transform', { 'cache-control': 'public, No-Transform' }, 200],
  ['a part', { 'content-range': 'bytes 0-9/100' }, 206],
  ['a small body', { 'content-length': '999' }, 200],
  ['a digest', { 'content-digest': 'sha-256=:x:' }, 200],
  ['204', {}, 204],
  ['304', {}, 304],
])('does not touch %s', async (_, fields, status) => {
  const answer = answerOf(fields, AnswerBody.of(text), status);
  const before = [...answer.headers.flat];
  expect((await run(answer)).headers.flat).toEqual(before);
  expect(whole(answer).toString()).toBe(text);
});

it('tells HEAD that the answer varies', async () => {
  const answer = await run(answerOf({}, null), 'gzip', 'HEAD');
  expect(answer.headers.get('vary')).toBe('Accept-Encoding');
  expect(answer.headers.get('content-length')).toBe(String(text.length));
});

it('encodes an answer without a length as it passes', async () => {
  const source = new AnswerBody();
  const given = answerOf({}, source);
  source.push(Buffer.from('{"first":1}\n'));
  const answer = await run(given, 'br');
  expect(answer.headers.get('content-length')).toBeUndefined();
  expect(answer.headers.get('content-encoding')).toBe('br');
  const received: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    answer.body?.attach({ write: (chunk) => received.push(chunk) > 0, end: () => resolve(), fail: reject });
  });
  source.end();
  await ended;
  expect(decode.br(Buffer.concat(received)).toString()).toBe('{"first":1}\n');
});

it.each([[{ ...setting, encodings: [] }], ['off' as const]])('%j compiles to nothing', (off) => {
  expect(compileCompression(off)).toBeNull();
});

function pairs({ flat }: HeaderList): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [(flat[2 * i] as string).toLowerCase(), flat[2 * i + 1] as string]);
}
