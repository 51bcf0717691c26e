import { cutFromQuery } from './query-token.js';

const any = (): boolean => true;

it.each<[string, string, readonly string[]]>([
  ['?token=a', '', ['a']],
  ['?token=a&b=1', '?b=1', ['a']],
  ['?b=%2f&token=a&c=+&c=2', '?b=%2f&c=+&c=2', ['a']],
  ['?%74o%6Ben=a%2Eb', '', ['a.b']],
  ['?token', '', ['']],
  ['?token=a=b&token=c', '', ['a=b', 'c']],
  ['?token=%zz', '', ['%zz']],
])('%s', (query, rest, values) => {
  expect(cutFromQuery(query, 'token', any)).toEqual({ query: rest, values });
});

it.each(['', '?', '?a=token', '?tokens=a', '?Token=a', '?a=%74oken'])('nothing to cut in "%s"', (query) => {
  expect(cutFromQuery(query, 'token', any)).toBeNull();
});

it('leaves values that are not wanted', () => {
  expect(cutFromQuery('?t=1&t=22', 't', (value) => value.length > 1)).toEqual({ query: '?t=1', values: ['22'] });
  expect(cutFromQuery('?t=1', 't', () => false)).toBeNull();
});
