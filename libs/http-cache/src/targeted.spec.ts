import { parseStringList, parseTargeted } from './targeted.js';

describe('targeted fields (RFC 9213)', () => {
  it.each<[string, number | undefined]>([
    ['max-age=60', 60],
    ['max-age=60;ext=1', 60],
    ['max-age=60, max-age=5', 5],
    ['max-age=99999999999', 2 ** 31],
    ['foobar, max-age=60', 60],
    ['none', undefined],
    ['max-age=?0', undefined],
    // Of the wrong type: nothing is made of it.
    ['max-age="60"', 0],
    ['max-age=60.0', 0],
    ['max-age', 0],
    ['max-age=-1', 0],
  ])('max-age of %j is %s', (text, expected) => {
    const directives = parseTargeted([text]);
    expect(directives).toBeDefined();
    expect(directives?.seconds('max-age')).toBe(expected);
  });

  it.each([[[]], [['']], [['max-age=60,']], [['max-age=60, &&&']], [['max-age =60']], [['Max-Age=60']], [['max-age=60;']]])('%j counts as missing', (values) => {
    expect(parseTargeted(values)).toBeUndefined();
  });

  it('knows directives without argument, and with field names', () => {
    const directives = parseTargeted(['no-store, private="set-cookie, a", must-revalidate=?0']);
    expect(directives?.has('no-store')).toBe(true);
    expect(directives?.fields('private')).toEqual(['set-cookie', 'a']);
    expect(directives?.has('must-revalidate')).toBe(false);
  });
});

describe('lists of strings (RFC 9875)', () => {
  it.each<[string[], readonly string[] | undefined]>([
    [['"a", "b";x=1'], ['a', 'b']],
    [['"a"', '"B b"'], ['a', 'B b']],
    [[], []],
    [['a'], undefined],
    [['"a", 1'], undefined],
    [['"a", ("b")'], undefined],
    [['"a'], undefined],
  ])('%j is %j', (values, expected) => {
    expect(parseStringList(values)).toEqual(expected);
  });
});
