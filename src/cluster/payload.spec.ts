import { decode, encode } from './payload.js';

describe('payload', () => {
  it.each([[null], [{ le: Number.POSITIVE_INFINITY, none: Number.NaN, list: [1, 'a', undefined] }], [new Map([['a', Buffer.from('b')]])]])('%j arrives as it left', (value) => {
    expect(decode(encode(value))).toEqual(value);
  });

  it('has a limit', () => {
    expect(() => encode('x'.repeat(17 * 1024 * 1024))).toThrow(/more than/);
    expect(() => decode(new Uint8Array(17 * 1024 * 1024))).toThrow('too large');
  });

  it('refuses what it did not make', () => expect(() => decode(Buffer.from('nonsense'))).toThrow());
});
