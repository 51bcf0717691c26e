import { IsoTime } from './iso-time.js';
import { quote } from './json-text.js';

describe('quote', () => {
  it.each(['', 'plain', 'a"b', 'back\\slash', 'line\nfeed', '\u0000\u001f', 'é – 日本 😀', '\ud800 alone', '</script>'])('writes %j as JSON that reads back', (text) => {
    expect(JSON.parse(quote(text))).toBe(text);
    expect(Buffer.from(quote(text)).toString()).toBe(quote(text));
  });
});

describe('IsoTime', () => {
  it.each([0, 999, 1_000, 1_767_225_599_999, 1_767_225_600_001.7, -1])('writes %d as Date does', (now) => {
    expect(new IsoTime().format(now)).toBe(new Date(Math.floor(now)).toISOString());
  });

  it('follows the clock over seconds, also backwards', () => {
    const time = new IsoTime();
    expect([5_007, 5_070, 6_700, 4_000].map((now) => time.format(now).slice(17))).toEqual(['05.007Z', '05.070Z', '06.700Z', '04.000Z']);
  });
});
