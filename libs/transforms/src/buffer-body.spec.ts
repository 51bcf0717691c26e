import { Readable } from 'node:stream';
import { AnswerBody, Problem, problems, type BodyControl } from '#libs/kernel';
import { exchangeOf } from '../test/exchange.js';
import { collect, readBody } from './buffer-body.js';

class Source implements BodyControl {
  readonly log: string[] = [];
  readonly body = new AnswerBody(this);
  pause(): void { this.log.push('pause'); }
  resume(): void { this.log.push('resume'); }
  cancel(reason: Error): void { this.log.push(`cancel ${reason.message}`); }
}

function received(body: AnswerBody): { text: string; trailers: readonly string[] | null | undefined; error: Error | null } {
  const seen: ReturnType<typeof received> = { text: '', trailers: undefined, error: null };
  body.attach({
    write: (chunk) => { seen.text += Buffer.from(chunk).toString(); return true; },
    end: (trailers) => { seen.trailers = trailers; },
    fail: (error) => { seen.error = error; },
  });
  return seen;
}

describe('readBody', () => {
  it.each([[['ab', 'cd'], 'abcd'], [[], '']])('reads %j whole and keeps it', async (body: string[], expected) => {
    const exchange = exchangeOf({ body });
    expect((await readBody(exchange, 4))?.toString()).toBe(expected);
    expect(exchange.outgoing.body).toEqual(Buffer.from(expected));
    expect((await readBody(exchange, 4))?.toString()).toBe(expected);
  });

  it('has nothing to read without a body', async () => {
    expect(await readBody(exchangeOf(), 4)).toBeNull();
  });

  it('refuses what is over the cap, and reads nothing of what says so itself', async () => {
    await expect(readBody(exchangeOf({ body: ['abc', 'de'] }), 4)).rejects.toMatchObject({ type: problems.bodyTooLarge });
    const announced = exchangeOf({ body: ['abcde'], headers: { 'content-length': '5' } });
    const stream = announced.outgoing.body as Readable;
    await expect(readBody(announced, 4)).rejects.toMatchObject({ type: problems.bodyTooLarge });
    expect(stream.readableDidRead).toBe(false);
  });

  it('passes on what broke the body', async () => {
    const exchange = exchangeOf();
    exchange.outgoing.body = new Readable({ read() { this.destroy(new Problem(problems.clientClosed, 'gone')); } });
    await expect(readBody(exchange, 4)).rejects.toMatchObject({ type: problems.clientClosed });
  });

  it('stops waiting when the exchange is aborted', async () => {
    const exchange = exchangeOf();
    exchange.outgoing.body = new Readable({ read() {} });
    const reading = readBody(exchange, 4);
    exchange.abort(new Problem(problems.totalTimeout, 'over'));
    await expect(reading).rejects.toMatchObject({ type: problems.totalTimeout });
  });
});

describe('collect', () => {
  it('takes a body that is already whole', async () => {
    expect(await collect(AnswerBody.of('abcd'), 4, exchangeOf())).toEqual({ bytes: Buffer.from('abcd'), trailers: null });
  });

  it('gathers a body as it comes, trailers too', async () => {
    const { body } = new Source();
    body.push(Buffer.from('ab'));
    const collecting = collect(body, 4, exchangeOf());
    body.push(Buffer.from('cd'));
    body.end(['x', '1']);
    expect(await collecting).toEqual({ bytes: Buffer.from('abcd'), trailers: ['x', '1'] });
  });

  it('replays a whole body over the cap', async () => {
    const collected = await collect(AnswerBody.of('abcde'), 4, exchangeOf());
    expect(collected.bytes).toBeNull();
    if (collected.bytes === null) expect(received(collected.body)).toMatchObject({ text: 'abcde', trailers: null });
  });

  it('replays a body that grows over the cap, then goes on', async () => {
    const { body } = new Source();
    body.push(Buffer.from('abc'));
    const collecting = collect(body, 4, exchangeOf());
    body.push(Buffer.from('de'));
    const collected = await collecting;
    body.push(Buffer.from('f'));
    if (collected.bytes !== null) throw new Error('expected a replay');
    const seen = received(collected.body);
    body.push(Buffer.from('g'));
    body.end(['x', '1']);
    expect(seen).toEqual({ text: 'abcdefg', trailers: ['x', '1'], error: null });
  });

  it('holds the source back while nobody takes the replay', async () => {
    const { body, log } = new Source();
    const collecting = collect(body, 10, exchangeOf());
    log.length = 0;
    expect(body.push(Buffer.alloc(100_000))).toBe(false);
    const collected = await collecting;
    if (collected.bytes !== null) throw new Error('expected a replay');
    expect(log).toEqual([]);
    received(collected.body);
    expect(log).toEqual(['resume']);
    collected.body.cancel(new Error('enough'));
    expect(log).toEqual(['resume', 'cancel enough']);
  });

  it('lets a slow client slow the source down', async () => {
    const { body, log } = new Source();
    const collecting = collect(body, 1, exchangeOf());
    body.push(Buffer.from('ab'));
    const collected = await collecting;
    if (collected.bytes !== null) throw new Error('expected a replay');
    collected.body.attach({ write: () => false, end() {}, fail() {} });
    log.length = 0;
    expect(body.push(Buffer.from('c'))).toBe(false);
    collected.body.resume();
    expect(log).toEqual(['resume']);
  });

  it('rejects when the body breaks, before and after the cap', async () => {
    const early = new AnswerBody();
    const collecting = collect(early, 4, exchangeOf());
    early.fail(new Error('reset'));
    await expect(collecting).rejects.toMatchObject({ type: problems.badTargetResponse });
    const late = new AnswerBody();
    const replaying = collect(late, 1, exchangeOf());
    late.push(Buffer.from('ab'));
    const collected = await replaying;
    late.fail(new Error('reset'));
    if (collected.bytes !== null) throw new Error('expected a replay');
    expect(received(collected.body)).toMatchObject({ text: 'ab', error: new Error('reset') });
  });

  it('cancels the source when the exchange is aborted, but not once it has all', async () => {
    const exchange = exchangeOf();
    const { body, log } = new Source();
    const collecting = collect(body, 4, exchange);
    log.length = 0;
    exchange.abort(new Error('left'));
    await expect(collecting).rejects.toThrow('left');
    expect(log).toEqual(['cancel left']);
    const later = exchangeOf();
    const done = new Source();
    const collected = collect(done.body, 4, later);
    done.log.length = 0;
    done.body.end();
    await collected;
    later.abort(new Error('left'));
    expect(done.log).toEqual([]);
  });

  it('leaves a replayed body to its new reader when the exchange is aborted', async () => {
    const exchange = exchangeOf();
    const { body, log } = new Source();
    const collecting = collect(body, 1, exchange);
    body.push(Buffer.from('ab'));
    await collecting;
    log.length = 0;
    exchange.abort(new Error('left'));
    expect(log).toEqual([]);
  });
});
