import { brotliCompressSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { Answer, AnswerBody, HeaderList, problems, type Surroundings, type Transform } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { exchangeOf } from '../test/exchange.js';
import { transformSkipped, type TransformSkipped } from './events.js';
import { jsonBody } from './json-body.js';

const surroundings: Surroundings = { clock: new FakeClock(), random: () => 0, folder: '/', resolve: () => { throw new Error('not asked for'); } };
const transform = (options: z.input<typeof jsonBody.schema>): Transform => jsonBody.create(jsonBody.schema.parse(options), surroundings);

const sentText = ({ outgoing }: ReturnType<typeof exchangeOf>): string => Buffer.isBuffer(outgoing.body) ? outgoing.body.toString() : '';

const json = { 'content-type': 'application/json' };
const user = '{"user":{"id":12345678901234567890,"full_name":"Ana","password":"x"}}';

describe('request', () => {
  const own = transform({ on: 'request', remove: ['role'], set: { owner: '{principal.id}' }, max: '100b' });

  it('is edited, and its header tells the new body', async () => {
    const exchange = exchangeOf({ method: 'POST', headers: { ...json, 'content-length': '43', digest: 'x' }, body: ['{"n":12345678901234567890,', '"role":"admin"}'], principal: { id: '7' } });
    await own.request?.(exchange);
    expect(sentText(exchange)).toBe('{"n":12345678901234567890,"owner":"7"}');
    expect(exchange.outgoing.headers.flat).toEqual(['content-type', 'application/json', 'content-length', '38']);
  });

  it.each([['gzip', gzipSync], ['br', brotliCompressSync]])('is unpacked from %s', async (coding, pack) => {
    const exchange = exchangeOf({ headers: { ...json, 'content-encoding': coding }, body: [pack('{"role":1,"a":1.0}')] });
    await own.request?.(exchange);
    expect(sentText(exchange)).toBe('{"a":1.0}');
    expect(exchange.outgoing.headers.get('content-encoding')).toBeUndefined();
  });

  it.each([
    ['malformed', json, ['{"a":'], problems.invalidBody],
    ['no UTF-8', json, [Buffer.from([0x22, 0xff, 0x22])], problems.invalidBody],
    ['too large', json, ['x'.repeat(101)], problems.bodyTooLarge],
    ['too large once unpacked', { ...json, 'content-encoding': 'gzip' }, [gzipSync('1'.repeat(5_000))], problems.bodyTooLarge],
    ['packed in an unknown way', { ...json, 'content-encoding': 'compress' }, ['{}'], problems.unsupportedMediaType],
    ['not really packed', { ...json, 'content-encoding': 'gzip' }, ['{}'], problems.invalidBody],
    ['in another charset', { 'content-type': 'application/json; charset=utf-16' }, ['{}'], problems.unsupportedMediaType],
  ])('that is %s is refused', async (_what, headers: Record<string, string>, body: (string | Buffer)[], type) => {
    await expect(own.request?.(exchangeOf({ headers, body }))).rejects.toMatchObject({ type });
  });

  it('of another type streams by', async () => {
    const exchange = exchangeOf({ headers: { 'content-type': 'text/plain' }, body: ['{"role":1}'] });
    const { body } = exchange.outgoing;
    await own.request?.(exchange);
    expect(exchange.outgoing.body).toBe(body);
  });

  it.each([[undefined], [[]]])('with the body %j stays', async (body: string[] | undefined) => {
    const exchange = exchangeOf({ headers: json, ...(body ? { body } : {}) });
    await own.request?.(exchange);
    expect(sentText(exchange)).toBe('');
    expect(exchange.outgoing.headers.flat).toEqual(['content-type', 'application/json']);
  });
});

describe('response', () => {
  const shaped = transform({ on: 'response', unwrap: 'user', remove: ['password'], rename: { full_name: 'fullName' }, wrap: 'data', set: { at: '{now}', by: '{service.name}' }, max: '200b' });
  const edited = '{"data":{"id":12345678901234567890,"fullName":"Ana"},"at":"2026-01-01T00:00:00.000Z","by":"user-service"}';
  let skipped: TransformSkipped[] = [];
  let stop = (): void => {};
  beforeEach(() => { skipped = []; stop = transformSkipped.subscribe((message) => skipped.push(message)); });
  afterEach(() => stop());

  const answered = async (status: number, headers: Record<string, string>, body: AnswerBody | null, method = 'GET'): Promise<Answer> => {
    const answer = new Answer(status, new HeaderList(Object.entries(headers).flat()), body);
    await shaped.response?.(exchangeOf({ method }), answer);
    return answer;
  };
  const text = (answer: Answer): string => Buffer.from(answer.body?.takeWhole() ?? []).toString();

  it('is edited, and its header tells the new body', async () => {
    const answer = await answered(200, { ...json, 'content-length': String(user.length), etag: '"1"', 'last-modified': 'x', 'x-a': '1' }, AnswerBody.of(user));
    expect(text(answer)).toBe(edited);
    expect(answer.headers.flat).toEqual(['content-type', 'application/json', 'content-length', String(edited.length), 'x-a', '1']);
    expect(skipped).toEqual([]);
  });

  it('is edited as its chunks come', async () => {
    const body = new AnswerBody();
    const pending = answered(200, json, body);
    for (const chunk of [user.slice(0, 9), user.slice(9)]) body.push(Buffer.from(chunk));
    body.end(['x-trailer', '1']);
    expect(text(await pending)).toBe(edited);
  });

  it('is unpacked', async () => {
    const answer = await answered(200, { ...json, 'content-encoding': 'gzip' }, AnswerBody.of(gzipSync(user)));
    expect(text(answer)).toBe(edited);
    expect(answer.headers.get('content-encoding')).toBeUndefined();
  });

  it.each([
    ['malformed', json, '{"a":', 'malformed'],
    ['nested too deeply', json, '['.repeat(200), 'malformed'],
    ['too large', json, `"${'x'.repeat(300)}"`, 'too-large'],
    ['announced as too large', { ...json, 'content-length': '300' }, `"${'x'.repeat(298)}"`, 'too-large'],
    ['packed in an unknown way', { ...json, 'content-encoding': 'compress' }, '{}', 'content-encoding'],
    ['not really packed', { ...json, 'content-encoding': 'br' }, '{}', 'malformed'],
    ['in another charset', { 'content-type': 'application/json;charset=utf-16' }, '{}', 'charset'],
  ])('that is %s goes on untouched, and is told', async (_what, headers: Record<string, string>, content, reason) => {
    const answer = await answered(200, { ...headers, etag: '"1"' }, AnswerBody.of(content));
    expect(text(answer)).toBe(content);
    expect(answer.headers.flat).toEqual(Object.entries({ ...headers, etag: '"1"' }).flat());
    expect(skipped.map((message) => [message.transform, message.reason])).toEqual([['json-body', reason]]);
  });

  it.each([
    ['an error', 404, json], ['a part', 206, json], ['of another type', 200, { 'content-type': 'text/html' }],
  ])('that is %s goes on untouched', async (_what, status, headers: Record<string, string>) => {
    expect(text(await answered(status, headers, AnswerBody.of(user)))).toBe(user);
  });

  it('to HEAD loses what described the unedited body', async () => {
    expect((await answered(200, { ...json, 'content-length': '9', etag: '"1"' }, null, 'HEAD')).headers.flat).toEqual(Object.entries(json).flat());
  });

  it('edits errors when told so', async () => {
    const answer = new Answer(404, new HeaderList(Object.entries(json).flat()), AnswerBody.of('{"detail":"x"}'));
    await transform({ on: 'response', answers: 'all', rename: { detail: 'message' } }).response?.(exchangeOf(), answer);
    expect(text(answer)).toBe('{"message":"x"}');
  });

  it('edits nothing but errors when told so, and then asks for nothing special', async () => {
    const errors = transform({ on: 'response', answers: 'errors', copy: { detail: 'message' } });
    for (const [status, text] of [[200, '{"detail":"x"}'], [404, '{"detail":"x","message":"x"}']] as const) {
      const answer = new Answer(status, new HeaderList(Object.entries(json).flat()), AnswerBody.of('{"detail":"x"}'));
      await errors.response?.(exchangeOf(), answer);
      expect(String(answer.body?.takeWhole())).toBe(text);
    }
    const exchange = exchangeOf({ headers: { range: 'bytes=0-9', 'accept-encoding': 'compress' } });
    await errors.request?.(exchange);
    expect(exchange.outgoing.headers.flat).toEqual(['range', 'bytes=0-9', 'accept-encoding', 'compress']);
  });

  it('is asked for in a form that can be edited', async () => {
    const exchange = exchangeOf({ headers: { range: 'bytes=0-9', 'if-range': '"1"', 'accept-encoding': 'compress, gzip;q=0.5', accept: '*/*' } });
    await shaped.request?.(exchange);
    expect(exchange.outgoing.headers.flat).toEqual(['accept-encoding', 'gzip;q=0.5', 'accept', '*/*']);
    const unknown = exchangeOf({ headers: { 'accept-encoding': '*' } });
    await shaped.request?.(unknown);
    expect(unknown.outgoing.headers.flat).toEqual([]);
  });
});

describe('options', () => {
  it.each([
    [{}, 'on'], [{ on: 'both' }, 'on'], [{ on: 'request', remove: ['a..b'] }, 'remove.0'], [{ on: 'request', wrap: 'a.*.b' }, 'wrap'], [{ on: 'response', copy: { a: 'b.*.c' } }, 'copy.a'], [{ on: 'response', claims: { t: { sub: '' } } }, 'claims.t.sub'],
    [{ on: 'request', set: { a: '{nope}' } }, 'set.a'], [{ on: 'request', set: { 'a.*': 1 } }, 'set.a.*'], [{ on: 'request', max: '1' }, 'max'],
  ])('%j is a mistake at %s', (options, place) => {
    expect(jsonBody.schema.safeParse(options).error?.issues[0]?.path.join('.')).toBe(place);
  });

  it('keep their checks beside `use`', () => {
    const chosen = jsonBody.schema.extend({ use: z.literal('json-body') });
    expect(chosen.safeParse({ use: 'json-body', on: 'request', set: { a: '{nope}' } }).success).toBe(false);
    expect(chosen.safeParse({ use: 'json-body', on: 'request', set: { a: '{principal.id}', at: '{now}' } }).success).toBe(true);
  });
});
