import { parseDictionary, parseList } from './structured.js';

describe('structured fields (RFC 9651)', () => {
  it.each<[string, unknown[]]>([
    ['', []],
    ['  ', []],
    ['a', [['a', true]]],
    ['a, b', [['a', true], ['b', true]]],
    ['a=1 ,\tb=?0', [['a', 1], ['b', false]]],
    ['a=1, b=2, a=3', [['a', 3], ['b', 2]]],
    ['a;x=1;y, b=2; z="q"', [['a', true], ['b', 2]]],
    ['a=-5, b=1.25, *c=tok/en:1', [['a', -5], ['b', 1.25], ['*c', 'tok/en:1']]],
    ['a="x \\"y\\" \\\\"', [['a', 'x "y" \\']]],
    ['a=:aGk=:, b=@1659578233, c=%"f%c3%bc"', [['a', 'aGk='], ['b', 1659578233], ['c', 'fü']]],
    ['a=(1 "x" t;p=1);q, b=( )', [['a', undefined], ['b', undefined]]],
    ['a=999999999999999', [['a', 999999999999999]]],
  ])('dictionary %j', (text, expected) => {
    const members = parseDictionary([text]);
    expect([...(members ?? [])].map(([key, item]) => [key, 'value' in item ? item.value : undefined])).toEqual(expected);
  });

  it.each([
    'A', 'a,', ',a', 'a,,b', 'a b', 'a=', 'a= 1', 'a =1', 'a=1 2', 'a=1.', 'a=1.2345', 'a=1234567890123.0', 'a=1234567890123456', 'a=--1', 'a="x', 'a="\\x"',
    'a="ü"', 'a=?2', 'a=?', 'a=:a', 'a=(1', 'a=(1)2', 'a=("a""b")', 'a;', 'a;=1', 'a;X', '&&&', 'a=@x', 'a=%"%C3"', 'a=%"%ff"', 'a=@1.5', 'a\t=1', 'é',
  ])('dictionary %j is malformed', (text) => {
    expect(parseDictionary([text])).toBeUndefined();
  });

  it('joins lines', () => {
    expect(parseList(['1', '"a"', 'b;c'])).toEqual([{ type: 'integer', value: 1 }, { type: 'string', value: 'a' }, { type: 'token', value: 'b' }]);
    expect(parseList(['"a', 'b"'])).toEqual([{ type: 'string', value: 'a, b' }]);
    expect(parseList(['1,', '2'])).toBeUndefined();
  });
});
