import { headerValue } from './header-value.js';

it.each([
  ['plain', 'plain'],
  ['  spaced\t', 'spaced'],
  ['a\tb', 'a\tb'],
  ['a\r\nX-Evil: 1', ''],
  ['a\0', ''],
  ['a\x7f', ''],
  ['end\n', ''],
  ['é', '\xc3\xa9'],
  ['\u4e16', '\xe4\xb8\x96'],
  // U+010D U+010A: their low bytes would be CR and LF.
  ['\u010d\u010aX: 1', '\xc4\x8d\xc4\x8aX: 1'],
  ['\u00a0x\u00e0', 'x\xc3\xa0'],
])('%j leaves as %j', (text, expected) => {
  expect(headerValue(text)).toBe(expected);
});

it('never makes one value of two texts', () => {
  expect(headerValue('%C3%A9')).not.toBe(headerValue('é'));
  expect(headerValue('Ã©')).not.toBe(headerValue('é'));
});
