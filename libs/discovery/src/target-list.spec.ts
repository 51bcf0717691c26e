import { readTargetList } from './target-list.js';

const plain = { weight: 1, zone: '', priority: 0 };

describe('a list of targets', () => {
  it.each([
    ['YAML text', '- http://a:1\n- https://b/base\n', [{ ...plain, url: 'http://a:1' }, { ...plain, url: 'https://b/base' }]],
    ['weights after a bar', '- http://a:1|3\n- "http://[::1]:2 | 1000"\n', [{ ...plain, url: 'http://a:1', weight: 3 }, { ...plain, url: 'http://[::1]:2', weight: 1000 }]],
    ['maps', '- { url: http://a:1, weight: 2, zone: eu, priority: 1 }', [{ url: 'http://a:1', weight: 2, zone: 'eu', priority: 1 }]],
    ['JSON with tabs', '[\n\t{\n\t\t"url": "http://a:1"\n\t}\n]', [{ ...plain, url: 'http://a:1' }]],
    ['none', '[]', []],
  ])('reads %s', (_what, text, addresses) => expect(readTargetList(text)).toEqual({ addresses }));

  it.each([
    ['nothing', '', /line 1: expected a list of addresses; `\[\]` for none/],
    ['a map', 'targets: []', /expected a list/],
    ['half of JSON', '[{"url": "http://a:1"', /^line 1: /],
    ['another scheme', '- http://a:1\n- ftp://b', /^line 2: expected an http:\/\/ or https:\/\/ address without query, got "ftp:\/\/b"$/],
    ['a query', '- http://a:1/?x=1', /without query/],
    ['a user in the address', '- http://me:secret@a:1', /expected an http/],
    ['a port that is none', '- http://a:99999', /expected an http/],
    ['no weight after the bar', '- http://a:1|', /whole number from 1 to 1000 for `weight`/],
    ['two bars', '- http://a:1|2|3', /whole number from 1 to 1000 for `weight`/],
    ['a weight of 0', '- { url: http://a:1, weight: 0 }', /whole number from 1 to 1000 for `weight`/],
    ['a priority below 0', '- { url: http://a:1, priority: -1 }', /whole number from 0 for `priority`/],
    ['an unknown key', '- url: http://a:1\n  wieght: 3', /^line 1: unknown `wieght`; there are `url`, `weight`, `zone` and `priority`$/],
    ['no url', '- { weight: 3 }', /expected `url`/],
    ['a number', '- 3', /expected an address, or a map with `url`/],
    ['an address twice', '- http://a:1\n- http://a:1|3', /^line 2: http:\/\/a:1 is there twice/],
    ['aliases without end', '- &a [x]\n- &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n- &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n- &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n- [*d,*d,*d,*d]', /expected a list/],
  ])('refuses %s whole', (_what, text, problem) => expect(readTargetList(text)).toEqual({ problem: expect.stringMatching(problem) }));

  it('tells three mistakes and how many more there are', () => {
    expect(readTargetList('[1, 2, 3, 4, 5]')).toEqual({ problem: expect.stringMatching(/^line 1: .*; line 1: .*; line 1: .*; and 2 more$/) });
  });
});
