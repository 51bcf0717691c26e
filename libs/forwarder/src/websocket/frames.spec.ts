import { frame } from './frame.fixture.js';
import { closeFrame, maskedCloseFrame, pingFrame, pingPayload } from './frames.js';

describe('frames of our own', () => {
  it.each([
    ['short', 1001, 'bye', 'bye'],
    ['without a reason', 1002, '', ''],
    ['with a reason that is too long', 1009, 'x'.repeat(200), 'x'.repeat(123)],
  ])('a close frame %s', (_what, code, reason, told) => {
    const payload = Buffer.concat([Buffer.of(code >> 8, code & 255), Buffer.from(told)]);
    expect(closeFrame(code, reason)).toEqual(frame({ first: 0x88, payload }));
    const masked = maskedCloseFrame(code, reason);
    expect(masked).toEqual(frame({ first: 0x88, payload, mask: masked.subarray(2, 6) }));
  });

  it('a close frame to a target has a mask of its own every time', () => {
    expect(maskedCloseFrame(1001, 'bye')).not.toEqual(maskedCloseFrame(1001, 'bye'));
  });

  it('a ping', () => {
    expect(pingFrame).toEqual(frame({ first: 0x89, payload: pingPayload }));
  });
});
