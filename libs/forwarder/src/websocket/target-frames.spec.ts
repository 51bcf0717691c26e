import { seededRandom } from '#libs/testing';
import { frame, pieces } from './frame.fixture.js';
import { closeFrame, pingFrame } from './frames.js';
import { TargetFrames } from './target-frames.js';

const text = (payload: string): Buffer => frame({ first: 0x81, payload: Buffer.from(payload) });
const goodbye = closeFrame(1001, 'bye');
const theirs = frame({ first: 0x88, payload: Buffer.of(3, 232) });

function watcher(): { frames: TargetFrames; sent: Buffer[]; ends: (Buffer | null)[] } {
  const sent: Buffer[] = [];
  const ends: (Buffer | null)[] = [];
  return { frames: new TargetFrames({ write: (bytes) => sent.push(bytes), end: (last) => ends.push(last) }), sent, ends };
}

describe('TargetFrames', () => {
  it('passes the very chunks on, without a copy', () => {
    const { frames, sent } = watcher();
    const chunk = text('hello');
    frames.take(chunk);
    expect(sent[0]).toBe(chunk);
  });

  it('puts a ping in at once between frames', () => {
    const { frames, sent } = watcher();
    frames.take(text('a'));
    frames.interject(pingFrame);
    expect(sent).toEqual([text('a'), pingFrame]);
  });

  it('keeps a ping until the frame under way ends, and no second one', () => {
    const { frames, sent } = watcher();
    frames.take(text('hello').subarray(0, 1));
    frames.interject(pingFrame);
    frames.take(text('hello').subarray(1, 4));
    frames.interject(pingFrame);
    expect(sent).toHaveLength(2);
    frames.take(Buffer.concat([text('hello').subarray(4), text('next').subarray(0, 3)]));
    frames.take(text('next').subarray(3));
    expect(Buffer.concat(sent)).toEqual(Buffer.concat([text('hello'), pingFrame, text('next')]));
  });

  it('ends with a close frame between frames, and is deaf afterwards', () => {
    const { frames, sent, ends } = watcher();
    frames.take(text('hello').subarray(0, 4));
    frames.interject(pingFrame);
    frames.finish(goodbye);
    expect(ends).toEqual([]);
    frames.take(Buffer.concat([text('hello').subarray(4), text('lost')]));
    frames.take(text('lost'));
    frames.interject(pingFrame);
    frames.finish(goodbye);
    expect([Buffer.concat(sent), ends]).toEqual([text('hello'), [goodbye]]);
  });

  it.each([
    ['whole', [theirs]],
    ['in pieces', [theirs.subarray(0, 3), theirs.subarray(3)]],
  ])('puts nothing after the target’s own close frame: %s', (_how, chunks) => {
    const { frames, sent, ends } = watcher();
    for (const chunk of chunks) {
      frames.take(chunk);
      frames.interject(pingFrame);
    }
    frames.finish(goodbye);
    expect([Buffer.concat(sent), ends]).toEqual([theirs, [null]]);
  });

  it('never cuts into a stream whose frames it cannot follow', () => {
    const { frames, sent, ends } = watcher();
    frames.take(Buffer.from([0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0]));
    frames.interject(pingFrame);
    frames.finish(goodbye);
    frames.take(text('whatever'));
    expect([sent.length, ends]).toEqual([2, []]);
  });

  it('only ever adds whole frames, wherever they come in', () => {
    const random = seededRandom(2);
    const stream = Array.from({ length: 200 }, (_, i) => text('x'.repeat(i % 300)));
    for (let largest = 1; largest < 1_000; largest = largest * 2 + 1) {
      const { frames, sent } = watcher();
      for (const piece of pieces(Buffer.concat(stream), random, largest)) {
        if (random() < 0.3) frames.interject(pingFrame);
        frames.take(piece);
      }
      let rest = Buffer.concat(sent);
      let pings = 0;
      for (const one of stream) {
        for (; rest.indexOf(pingFrame) === 0; pings++) rest = rest.subarray(pingFrame.length);
        expect(rest.subarray(0, one.length).equals(one)).toBe(true);
        rest = rest.subarray(one.length);
      }
      expect(pings).toBeGreaterThan(0);
    }
  });
});
