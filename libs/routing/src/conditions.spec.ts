import { RouteTable } from './route-table.js';
import type { ConditionSpec, RouteMatch, RouteRequest } from './types.js';

const tableOf = (match: Partial<RouteMatch>) => new RouteTable([{ name: 'r', head: true, value: 0, match: { path: ['/'], ...match } }]);

describe('conditions', () => {
  it.each<[ConditionSpec, string | undefined, boolean]>([
    ['b', 'b', true],
    ['b', 'B', false],
    ['b', undefined, false],
    ['', '', true],
    [true, '', true],
    [true, undefined, false],
    [false, undefined, true],
    [false, 'b', false],
    [{ equals: ['a', 'b'] }, 'b', true],
    [{ equals: ['a', 'b'] }, 'ab', false],
    [{ matches: 'a|bc' }, 'bc', true],
    [{ matches: 'a|bc' }, 'abc', false],
    [{ matches: 'a|bc' }, 'a\nbc', false],
    [{ prefix: 'ab' }, 'abc', true],
    [{ prefix: 'ab' }, 'xab', false],
    [{ prefix: 'ab', matches: '.*c' }, 'abc', true],
    [{ prefix: 'ab', matches: '.*c' }, 'abd', false],
    [{ equals: ['abc', 'abd'], matches: '.*c' }, 'abd', false],
  ])('%j on %j is %j', (spec, value, holds) => {
    const request: RouteRequest = { method: 'GET', path: '/', query: '', host: '', headers: value === undefined ? {} : { 'x-a': value } };
    expect(tableOf({ headers: { 'X-A': spec } }).find(request) !== null).toBe(holds);
    const query = value === undefined ? '?other' : `?other&q=${encodeURIComponent(value)}`;
    expect(tableOf({ query: { q: spec } }).find({ ...request, query }) !== null).toBe(holds);
  });

  it.each<[Partial<RouteMatch>, Partial<RouteRequest>, boolean]>([
    [{ headers: { 'x-a': '1', 'x-b': '2' } }, { headers: { 'x-a': '1' } }, false],
    [{ headers: { 'x-a': '1', 'x-b': '2' } }, { headers: { 'x-a': '1', 'x-b': '2' } }, true],
    [{ headers: { 'x-a': '1' } }, { headers: { 'x-a': ['1', '2'] } }, true],
    [{ headers: { constructor: true } }, {}, false],
    [{ query: { q: '1' } }, { query: '?q=1&q=2' }, true],
    [{ query: { q: '2' } }, { query: '?q=1&q=2' }, false],
    [{ query: { 'a b': 'c d' } }, { query: '?a+b=c%20d' }, true],
    [{ query: { q: true } }, { query: '' }, false],
    [{ query: { q: false } }, { query: '?Q=1' }, true],
  ])('%j with %j is %j', (match, part, holds) => {
    expect(tableOf(match).find({ method: 'GET', path: '/', query: '', host: '', headers: {}, ...part }) !== null).toBe(holds);
  });

  it.each<[Partial<RouteMatch>, string]>([
    [{ headers: { 'x-a': {} } }, 'the condition on header x-a says nothing: give equals, matches or prefix'],
    [{ query: { q: { matches: 'a)|(b' } } }, 'the condition on query q is not a regular expression: a)|(b'],
    [{ query: { q: { equals: [] } } }, 'the condition on query q can never hold'],
    [{ query: { q: { equals: ['a'], prefix: 'b' } } }, 'the condition on query q can never hold'],
  ])('%j is a mistake', (match, message) => {
    expect(tableOf(match).mistakes).toEqual([{ route: 'r', key: ['match', match.headers ? 'headers' : 'query'], message }]);
  });
});
