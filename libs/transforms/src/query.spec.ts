import { exchangeOf } from '../test/exchange.js';
import { compileQuery, type QuerySettings } from './query.js';
import { TemplateError } from './template.js';

function edited(query: string, settings: Partial<QuerySettings>): string {
  const exchange = exchangeOf({ url: `/x${query}`, params: { id: 'caf%C3%A9' }, principal: { id: 'a&b=c' } });
  compileQuery({ set: {}, remove: [], rename: {}, ...settings })?.(exchange);
  return exchange.outgoing.query;
}

it.each<[string, Partial<QuerySettings>, string]>([
  ['?a=1&b=%7e&a=+&&c', { remove: ['z'] }, '?a=1&b=%7e&a=+&&c'],
  ['?a=1&b=2&a=3', { remove: ['a'] }, '?b=2'],
  ['?a=1', { remove: ['a'] }, ''],
  ['?%61=1&b', { remove: ['a'] }, '?b'],
  ['?a%zz=1&b', { remove: ['b'] }, '?a%zz=1'],
  ['', { remove: ['a'] }, ''],
  ['?', { remove: ['a'] }, ''],
  ['?a=%7e&b=2&a', { rename: { a: 'x y' } }, '?x%20y=%7e&b=2&x%20y'],
  ['?a=1&b=2', { rename: { a: 'b', b: 'a' } }, '?b=1&a=2'],
  ['?a=1&b=2', { remove: ['a'], rename: { b: 'a' } }, '?a=2'],
  ['', { set: { a: '1' } }, '?a=1'],
  ['?z=%7e', { set: { a: 'ü &' } }, '?z=%7e&a=%C3%BC%20%26'],
  ['?x=1&a=1&y=2&a=2&w=3', { set: { a: 'n' } }, '?x=1&a=n&y=2&w=3'],
  ['?%61=evil', { set: { a: 'n' } }, '?a=n'],
  ['?a=evil', { set: { a: '' } }, '?a='],
  ['?a=evil&b=1', { set: { a: '{principal.email}' } }, '?b=1'],
  ['', { set: { user: '{principal.id}', id: '{params.id}' } }, '?user=a%26b%3Dc&id=caf%C3%A9'],
  ['?page=3', { set: { offset: '{request.query.page}' }, remove: ['page'] }, '?offset=3'],
])('%s with %j is %s', (query, settings, expected) => {
  expect(edited(query, settings)).toBe(expected);
});

it('has nothing to do without settings', () => {
  expect(compileQuery({ set: {}, remove: [], rename: {} })).toBeNull();
});

it('refuses an unknown placeholder', () => {
  expect(() => compileQuery({ set: { a: '{nope}' }, remove: [], rename: {} })).toThrow(TemplateError);
});
