import { requestWith } from './samples.fixture.js';
import { matches, variantKey, varyNames, varyValues } from './vary.js';

describe('Vary (RFC 9111 4.1)', () => {
  it.each<[string[], readonly string[] | '*' | null]>([
    [[], null],
    [['Vary', ''], null],
    [['Vary', ' , '], null],
    [['Vary', 'Accept-Encoding'], ['accept-encoding']],
    [['Vary', 'B, a', 'vary', 'A,c'], ['a', 'b', 'c']],
    [['Vary', '*'], '*'],
    [['Vary', 'a, *'], '*'],
    [['Vary', '*, a'], '*'],
    [['Vary', 'a', 'Vary', ' * '], '*'],
    [['Vary', 'a b'], '*'],
    [['Vary', 'a, (b)'], '*'],
  ])('%j names %j', (flat, expected) => {
    expect(varyNames(flat)).toEqual(expected);
  });

  it.each<[string, string | string[] | undefined, string | string[] | undefined, boolean]>([
    ['x', 'a', 'a', true],
    ['x', 'a', ' a ', true],
    ['x', 'a', 'b', false],
    ['x', 'a', 'A', false],
    ['x', 'a', undefined, false],
    ['x', '', undefined, false],
    ['x', undefined, undefined, true],
    ['x', ['a', 'b'], 'a, b', true],
    // Of a field that is not known to be a list, spaces may be part.
    ['x', 'a,b', 'a, b', false],
    ['cookie', 'a=1,2', 'a=1, 2', false],
    ['accept', 'text/html, */*;q=0.5', 'text/html,*/*; q=0.5', true],
    ['accept', 'text/html, text/plain', 'text/plain, text/html', false],
    ['accept', 'a/b;x="C"', 'a/b;x="c"', false],
    ['accept-encoding', 'gzip, br', 'BR,gzip', true],
    ['accept-encoding', 'gzip', 'gzip, br', false],
    ['accept-encoding', '', undefined, false],
    ['accept-language', 'de-CH, de;q=0.5', 'de-ch,de;q=0.5', true],
    ['accept-language', 'de, fr', 'fr, de', false],
  ])('%s: %j and %j are the same: %s', (name, one, other, expected) => {
    const vary = varyValues([name], { [name]: one });
    expect(matches({ vary }, requestWith({ [name]: other }))).toBe(expected);
    expect(variantKey([name], vary) === variantKey([name], varyValues([name], { [name]: other }))).toBe(expected);
  });

  it('all fields have to match; none always do', () => {
    const vary = varyValues(['a', 'b'], { a: '1', b: '2' });
    expect(matches({ vary }, requestWith({ a: '1', b: '2', c: '3' }))).toBe(true);
    expect(matches({ vary }, requestWith({ a: '1', b: '3' }))).toBe(false);
    expect(matches({ vary: {} }, requestWith({ a: '1' }))).toBe(true);
  });

  it('is not led astray by names that every object has', () => {
    const vary = varyValues(['__proto__', 'constructor'], {});
    expect(JSON.parse(JSON.stringify(vary))).toEqual(JSON.parse('{"__proto__":null,"constructor":null}'));
    expect(matches({ vary: JSON.parse(JSON.stringify(vary)) as typeof vary }, requestWith())).toBe(true);
    expect(matches({ vary }, requestWith({ constructor: 'x' }))).toBe(false);
  });

  it.each<[Record<string, string | null>, Record<string, string | null>]>([
    [{ a: null, b: null }, { a: '-', b: null }],
    [{ a: '', b: null }, { a: null, b: '' }],
    [{ a: '1,b:1:2', b: '' }, { a: '1', b: '2' }],
    [{ a: '1,b:-,', b: null }, { a: '1', b: null }],
    [{ a: 'x', b: 'yz' }, { a: 'xy', b: 'z' }],
  ])('%j and %j have different keys', (one, other) => {
    expect(variantKey(['a', 'b'], one)).not.toBe(variantKey(['a', 'b'], other));
  });
});
