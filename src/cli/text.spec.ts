import { alignedLines, counted, placed, quoted, shown } from './text.js';

it('puts columns under each other', () => {
  expect(alignedLines([['a', 'long one', 'x'], ['bcd', '', 'y z']])).toEqual(['a    long one  x', 'bcd            y z']);
});

it.each([['GET', 'GET'], ['/a?b=1&c', "'/a?b=1&c'"], ["it's", `'it'\\''s'`], ['', "''"], ['a,b=c', 'a,b=c'], ['$HOME', "'$HOME'"]])('%s is %s to a shell', (word, expected) => {
  expect(quoted(word)).toBe(expected);
});

it.each([[0, '0 routes'], [1, '1 route'], [2, '2 routes']])('counts %i', (count, expected) => expect(counted(count, 'route')).toBe(expected));

it.each([
  [{ file: 'a.yaml', line: 3 }, 'a.yaml:3'],
  [{ file: 'PASSERELLE__LOG__LEVEL', line: 0 }, 'PASSERELLE__LOG__LEVEL'],
  [{ file: '', line: 0 }, 'built in'],
])('%j is at %s', (place, expected) => expect(placed(place)).toBe(expected));

it.each([['text', 'text'], [3, '3'], [['a', 'b'], 'a, b'], [[], '[]'], [[{ a: 1 }], '[{"a":1}]']])('%j is shown as %s', (value, expected) => {
  expect(shown(value)).toBe(expected);
});
