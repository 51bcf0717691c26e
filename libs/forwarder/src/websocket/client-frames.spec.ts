import { seededRandom } from '#libs/testing';
import { ClientFrames } from './client-frames.js';
import { frame, pieces } from './frame.fixture.js';
import { pingPayload } from './frames.js';

const mask = Buffer.from([0xde, 0xad, 0xbe, 0xef]);
const text = (payload: string | Buffer): Buffer => frame({ first: 0x81, payload: Buffer.from(payload), mask });
const ourPong = frame({ first: 0x8a, payload: pingPayload, mask });

function watcher(maxFrame = 1_000): { frames: ClientFrames; passed: Buffer[] } {
  const passed: Buffer[] = [];
  return { frames: new ClientFrames(maxFrame, (bytes) => passed.push(bytes)), passed };
}

describe('ClientFrames', () => {
  it('passes the very chunks on, without a copy', () => {
    const { frames, passed } = watcher();
    const chunk = Buffer.concat([text('one'), text('two').subarray(0, 4)]);
    expect(frames.take(chunk)).toBe(0);
    expect(passed[0]).toBe(chunk);
  });

  it.each<[string, Buffer, number]>([
    ['unmasked', frame({ first: 0x81, payload: Buffer.from('x') }), 1002],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [`of opcode ${opcode}`, frame({ first: 0x80 | opcode, payload: Buffer.from('x'), mask }), 1002] as [string, Buffer, number]),
    ['of control in fragments', frame({ first: 0x09, payload: Buffer.from('x'), mask }), 1002],
    ['of control with 126 bytes', frame({ first: 0x89, payload: Buffer.alloc(126), mask }), 1002],
    ['with a length not in its shortest form', Buffer.from([0x82, 0xfe, 0, 1, 0, 0, 0, 0, 0]), 1002],
    ['over the limit', text(Buffer.alloc(1_001)), 1009],
    ['beyond all measure', Buffer.from([0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
  ])('stops before a frame %s', (_what, bad, code) => {
    const { frames, passed } = watcher();
    expect(frames.take(Buffer.concat([text('fine'), bad, text('more')]))).toBe(code);
    expect(Buffer.concat(passed)).toEqual(text('fine'));
    expect(frames.mayClose).toBe(true);
  });

  it.each([
    ['at the limit', text(Buffer.alloc(1_000))],
    ['of control with 125 bytes', frame({ first: 0x89, payload: Buffer.alloc(125), mask })],
    ['with RSV bits of an extension', frame({ first: 0xf1, payload: Buffer.from('x'), mask })],
  ])('passes a frame %s', (_what, good) => {
    const { frames, passed } = watcher();
    expect(frames.take(good)).toBe(0);
    expect(Buffer.concat(passed)).toEqual(good);
  });

  it('cannot say goodbye when part of the bad header has gone on', () => {
    const { frames } = watcher();
    const bad = text(Buffer.alloc(2_000));
    expect([frames.take(bad.subarray(0, 3)), frames.mayClose]).toEqual([0, false]);
    expect([frames.take(bad.subarray(3)), frames.mayClose]).toEqual([1009, false]);
  });

  it('cannot say goodbye within a frame, nor after the client did', () => {
    const { frames } = watcher();
    frames.take(text('hello').subarray(0, 8));
    expect(frames.mayClose).toBe(false);
    frames.take(text('hello').subarray(8));
    expect(frames.mayClose).toBe(true);
    frames.take(frame({ first: 0x88, payload: Buffer.of(3, 232), mask }));
    expect([frames.mayClose, frames.closeSeen]).toEqual([false, true]);
  });

  it.each([
    ['alone', [ourPong], []],
    ['between others', [Buffer.concat([text('a'), ourPong, text('b')])], [text('a'), text('b')]],
    ['twice', [Buffer.concat([ourPong, ourPong, text('b')])], [text('b')]],
    ['behind half a frame', [text('abc').subarray(0, 7), Buffer.concat([text('abc').subarray(7), ourPong])], [text('abc')]],
  ])('keeps the pong that answers our ping: %s', (_where, chunks, rest) => {
    const { frames, passed } = watcher();
    frames.expectPong();
    for (const chunk of chunks) expect(frames.take(chunk)).toBe(0);
    expect(Buffer.concat(passed)).toEqual(Buffer.concat(rest));
    expect(passed.every(({ length }) => length > 0)).toBe(true);
  });

  it.each([
    ['we never pinged', ourPong, false],
    ['another payload', frame({ first: 0x8a, payload: Buffer.from('someping'), mask }), true],
    ['no payload', frame({ first: 0x8a, payload: Buffer.alloc(0), mask }), true],
    ['a ping with our payload', frame({ first: 0x89, payload: pingPayload, mask }), true],
  ])('passes other pongs: %s', (_what, bytes, pinged) => {
    const { frames, passed } = watcher();
    if (pinged) frames.expectPong();
    frames.take(bytes);
    expect(Buffer.concat(passed)).toEqual(bytes);
  });

  it('passes every byte however the stream is cut', () => {
    const random = seededRandom(1);
    const stream = Buffer.concat(Array.from({ length: 300 }, (_, i) => text(Buffer.alloc(i % 700, i))));
    for (let largest = 1; largest < 2_000; largest = largest * 2 + 1) {
      const { frames, passed } = watcher();
      frames.expectPong();
      for (const piece of pieces(stream, random, largest)) expect(frames.take(piece)).toBe(0);
      expect(Buffer.concat(passed).equals(stream)).toBe(true);
    }
  });
});
