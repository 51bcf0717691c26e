import { tagsOf } from './tags.js';

const HEADERS = ['cache-groups', 'cache-tag', 'surrogate-key'];

describe('tags of a response', () => {
  it.each<[string[], string[]]>([
    [[], []],
    [['Cache-Tag', 'a, b,c', 'cache-tag', 'd'], ['a', 'b', 'c', 'd']],
    [['Surrogate-Key', ' a  b\tc '], ['a', 'b', 'c']],
    [['Cache-Groups', '"a b", "c"'], ['a b', 'c']],
    [['Cache-Groups', 'a, b'], []],
    [['Cache-Groups', '"a"', 'Cache-Tag', 'a b'], ['a', 'b']],
    [['X-Other', 'a'], []],
    [['Cache-Tag', `${'x'.repeat(257)} ${'y'.repeat(256)}`], ['y'.repeat(256)]],
  ])('%j: %j', (flat, expected) => {
    expect(tagsOf(flat, HEADERS)).toEqual(expected);
  });

  it('are 64 at most', () => {
    const many = Array.from({ length: 200 }, (_, i) => `t${i}`);
    expect(tagsOf(['Cache-Tag', many.join(' ')], HEADERS)).toEqual(many.slice(0, 64));
  });

  it('come from the named fields only', () => {
    expect(tagsOf(['Cache-Tag', 'a'], ['surrogate-key'])).toEqual([]);
  });
});
