import { AnswerBody, type BodySink } from '#libs/kernel';
import { seededRandom } from '#libs/testing';
import type { Awaited } from './flights.js';
import { exactCopy, recordBody, type Recorded } from './record-body.js';

/** A source that keeps to what it is told. */
class Source {
  readonly body = new AnswerBody({ pause: () => (this.flowing = false), resume: () => (this.flowing = true), cancel: (reason) => (this.cancelled = reason) });
  flowing = true;
  cancelled: Error | null = null;

  send(text: string): void {
    this.flowing = this.body.push(Buffer.from(text));
  }
}

/** A client that takes no more than it wants. */
class Client implements BodySink {
  text = '';
  end: BodySink['end'] = (trailers) => (this.ended = trailers ?? []);
  ended: readonly string[] | null = null;
  failed: Error | null = null;
  willing = true;

  write(chunk: Uint8Array): boolean {
    this.text += Buffer.from(chunk).toString();
    return this.willing;
  }

  fail(error: Error): void {
    this.failed = error;
  }
}

function record(most = 100, awaited: Awaited | null = null): { source: Source; body: AnswerBody; recorded: Recorded[] } {
  const source = new Source();
  const recorded: Recorded[] = [];
  return { source, recorded, body: recordBody(source.body, { most, awaited, done: (each) => recorded.push(each) }) };
}

const follower = (): Awaited & { awaited: boolean } => ({ awaited: false, onFollower: null, land: () => undefined });

describe('recordBody', () => {
  it('records what passes, and its trailers', () => {
    const { body, recorded, source } = record();
    const client = new Client();
    source.send('ab');
    body.attach(client);
    source.send('cd');
    expect([client.text, recorded]).toEqual(['abcd', []]);
    source.body.end(['x', '1']);
    expect([client.ended, recorded]).toEqual([['x', '1'], [{ content: Buffer.from('abcd'), trailers: ['x', '1'] }]]);
  });

  it('gives up what is too large, and the client does not notice', () => {
    const { body, recorded, source } = record(3);
    const client = new Client();
    body.attach(client);
    for (const text of ['ab', 'cd', 'ef']) source.send(text);
    source.body.end();
    expect([client.text, client.ended, recorded]).toEqual(['abcdef', [], ['too-large']]);
  });

  it('keeps nothing of what breaks', () => {
    const { body, recorded, source } = record();
    const client = new Client();
    body.attach(client);
    source.send('ab');
    source.body.fail(new Error('broken'));
    expect([client.failed?.message, client.ended, recorded]).toEqual(['broken', null, ['broken']]);
  });

  it('is cancelled with its client', () => {
    const { body, recorded, source } = record();
    source.send('ab');
    body.cancel(new Error('left'));
    expect([source.cancelled?.message, recorded]).toEqual(['left', ['broken']]);
  });

  it('goes at the pace of the client', () => {
    const { body, source } = record();
    const client = new Client();
    client.willing = false;
    body.attach(client);
    source.send('ab');
    expect(source.flowing).toBe(false);
    body.resume();
    expect(source.flowing).toBe(true);
  });

  it('does not wait for a slow client while others wait for the recording, but does again once it is given up', () => {
    const awaited = follower();
    const { body, recorded, source } = record(6, awaited);
    const client = new Client();
    client.willing = false;
    body.attach(client);
    source.send('ab');
    expect(source.flowing).toBe(false);
    awaited.awaited = true;
    awaited.onFollower?.();
    expect(source.flowing).toBe(true);
    source.send('cd');
    expect(source.flowing).toBe(true);
    source.send('efgh');
    expect([source.flowing, client.text, recorded]).toEqual([false, 'abcdefgh', ['too-large']]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('loses no byte, whoever pauses when (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const awaited = follower();
    const { body, recorded, source } = record(random() < 0.5 ? 40 : 400, random() < 0.5 ? awaited : null);
    const client = new Client();
    let [sent, attached] = ['', false];
    for (let i = 0; i < 200 && sent.length < 200; i++) {
      client.willing = random() < 0.5;
      if (!attached && random() < 0.3) {
        attached = true;
        body.attach(client);
      } else if (source.flowing) {
        const text = String(i).repeat(Math.ceil(random() * 3));
        sent += text;
        source.send(text);
      } else if (random() < 0.3) {
        awaited.awaited = true;
        awaited.onFollower?.();
      } else {
        body.resume();
      }
    }
    source.body.end();
    if (!attached) body.attach(client);
    expect([client.text, client.ended]).toEqual([sent, []]);
    expect(recorded).toHaveLength(1);
    const [only] = recorded;
    expect(only === 'too-large' ? sent.length > 40 : (only as { content: Buffer }).content.toString() === sent).toBe(true);
  });
});

it('exactCopy holds on to nothing else', () => {
  const large = Buffer.alloc(65_536, 'x');
  const copy = exactCopy([large.subarray(10, 12), large.subarray(0, 1)], 3);
  expect([copy.toString(), copy.buffer.byteLength]).toEqual(['xxx', 3]);
});
