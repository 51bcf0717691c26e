import { isContainer, parseExact, scalarText, stringifyExact } from './exact-json.js';

it.each([
  '{"id":12345678901234567890}', '{"a":[1.0,1.10,-0,-0.0,1e5,1E+5,0.1]}', '{"big":1e400,"long":3.14159265358979323846264}',
  '-0', '[ 1]', '{"a":"1.0","b":"-0","c":"12345678901234567890"}', '9007199254740993', '{"__proto__":{"x":1.0}}', 'null', '"é"',
])('%s survives', (text) => {
  expect(stringifyExact(parseExact(Buffer.from(text))).toString()).toBe(text.replace('[ 1]', '[1]'));
});

it('reads past a byte order mark, and lets the last of two keys count', () => {
  expect(parseExact(Buffer.from('\uFEFF{"a":1,"a":2}'))).toEqual({ a: 2 });
});

it.each([
  ['cut short', Buffer.from('{"a":'), 'JSON'],
  ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not valid'],
  ['empty', Buffer.alloc(0), 'JSON'],
  ['nested too deeply', Buffer.from(`${'['.repeat(300_000)}1.0${']'.repeat(300_000)}`), 'call stack'],
])('text that is %s is an error', (_what, bytes, message) => {
  expect(() => parseExact(bytes)).toThrow(message);
});

it('takes a number kept as text for a scalar', () => {
  const { big } = parseExact(Buffer.from('{"big":12345678901234567890}')) as { big: unknown };
  expect(isContainer(big)).toBe(false);
  expect(scalarText(big)).toBe('12345678901234567890');
});

it.each([['text', 'text'], [1.5, '1.5'], [true, 'true']])('%j as text is %s', (value, expected) => {
  expect(scalarText(value)).toBe(expected);
});
