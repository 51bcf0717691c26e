import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import zlib from 'node:zlib';
import { AnswerBody, type BodySink } from '#libs/kernel';
import { until } from '#libs/testing';
import type { Coding } from './content-coding.js';
import { encodeBody } from './encoded-body.js';

const codings: [Coding, () => zlib.Gunzip | zlib.BrotliDecompress | zlib.ZstdDecompress][] = [
  ['gzip', () => zlib.createGunzip()], ['br', () => zlib.createBrotliDecompress()], ['zstd', () => zlib.createZstdDecompress()],
];

/** A producer that remembers what it was told. */
class Source {
  paused = false;
  resumed = 0;
  cancelled: Error | null = null;
  readonly body = new AnswerBody({
    pause: () => { this.paused = true; },
    resume: () => { this.paused = false; this.resumed++; },
    cancel: (reason) => { this.cancelled = reason; },
  });
}

const ignore = (): void => {};
const tick = (milliseconds = 20) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

describe.each(codings)('%s', (coding, createDecoder) => {
  it('lets a line through before the next one comes, and passes trailers on', async () => {
    const source = new Source();
    const decoder = createDecoder();
    let trailers: readonly string[] | null = null;
    encodeBody(source.body, coding).attach({
      write: (chunk) => decoder.write(chunk), end: (list) => { trailers = list; decoder.end(); }, fail: ignore,
    });
    for (const line of ['{"a":1}\n', '{"b":2}\n']) {
      source.body.push(Buffer.from(line));
      const [chunk] = (await once(decoder, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(line);
    }
    decoder.resume();
    source.body.end(['X-Sum', '3']);
    await once(decoder, 'end');
    expect(trailers).toEqual(['X-Sum', '3']);
  });

  it('holds the source back for a slow client, and loses nothing', async () => {
    const source = new Source();
    const taken: Uint8Array[] = [];
    let open = false;
    let ended = false;
    const body = encodeBody(source.body, coding);
    body.attach({ write: (chunk) => { taken.push(chunk); return open; }, end: () => { ended = true; }, fail: ignore });
    const sent: Buffer[] = [];
    for (let flowing = true; flowing && sent.length < 100;) {
      sent.push(randomBytes(65_536));
      flowing = source.body.push(sent.at(-1) as Buffer);
      if (flowing) await tick(1);
    }
    await tick();
    expect(sent.length).toBeLessThan(100);
    const before = taken.length;
    expect(before).toBeLessThanOrEqual(sent.length);
    open = true;
    body.resume();
    source.body.end();
    while (!ended) await tick(1);
    const decoder = createDecoder();
    decoder.end(Buffer.concat(taken));
    expect(Buffer.concat(await decoder.toArray() as Buffer[]).equals(Buffer.concat(sent))).toBe(true);
  });
});

it('asks the source for more once the encoder has room', async () => {
  const source = new Source();
  encodeBody(source.body, 'gzip').attach({ write: () => true, end: ignore, fail: ignore });
  while (source.body.push(randomBytes(65_536)));
  const before = source.resumed;
  await until(() => source.resumed > before);
  source.body.end();
});

it('tells the client when the source breaks, and says nothing more', async () => {
  const source = new Source();
  const told: unknown[] = [];
  const sink: BodySink = { write: () => told.push('chunk') > 0, end: () => told.push('end'), fail: (error) => told.push(error) };
  encodeBody(source.body, 'gzip').attach(sink);
  source.body.push(Buffer.from('half'));
  const broken = new Error('broken');
  source.body.fail(broken);
  await tick();
  expect(told).toEqual([broken]);
});

it('tells the source when the client leaves, and takes no more', async () => {
  const source = new Source();
  const body = encodeBody(source.body, 'br');
  body.attach({ write: () => true, end: ignore, fail: ignore });
  source.body.push(Buffer.from('half'));
  const gone = new Error('gone');
  body.cancel(gone);
  expect(source.cancelled).toBe(gone);
  expect(source.body.push(Buffer.from('more'))).toBe(false);
  await tick();
});

it('takes over a source that broke before', () => {
  const source = new Source();
  source.body.fail(new Error('early'));
  const told: string[] = [];
  encodeBody(source.body, 'gzip').attach({ write: () => true, end: ignore, fail: (error) => told.push(error.message) });
  expect(told).toEqual(['early']);
});
