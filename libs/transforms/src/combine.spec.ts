import { exchangeOf } from '../test/exchange.js';
import { compileCombination } from './combine.js';
import { parseExact, stringifyExact } from './exact-json.js';

const exchange = exchangeOf({ params: { id: '7' }, principal: { id: 'u1' } });
const values = { user: parseExact(Buffer.from('{"id":9007199254740993,"tags":["a","b"],"name":{"first":"Ann"}}')), 'user.name': 'dotted', orders: null };

const combined = (template: unknown, missing: Record<string, string> = {}): string =>
  stringifyExact(compileCombination(template, Object.keys(values))({ exchange, values, missing })).toString();

it.each<[string, unknown, string]>([
  ['all of a call', { u: '{calls.user}' }, '{"u":{"id":9007199254740993,"tags":["a","b"],"name":{"first":"Ann"}}}'],
  ['a part of it, every digit kept', '{calls.user.id}', '9007199254740993'],
  ['a number inside a text', 'no. {calls.user.id}', '"no. 9007199254740993"'],
  ['an item', ['{calls.user.tags.1}'], '["b"]'],
  ['the longest name that fits', '{calls.user.name}', '"dotted"'],
  ['what is not there', { a: '{calls.user.none}', b: '{calls.user.constructor}', c: '{calls.orders}' }, '{"c":null}'],
  ['the request', { id: '{params.id}', who: '{principal.id}' }, '{"id":"7","who":"u1"}'],
  ['what is missing', { gone: '{missing}' }, '{"gone":{}}'],
  ['what is no template', { n: 1, t: true, l: [null] }, '{"n":1,"t":true,"l":[null]}'],
])('puts %s in its place', (_name, template, expected) => expect(combined(template)).toBe(expected));

it('tells what is missing by itself where no template says how', () => {
  expect(combined(undefined)).not.toContain('_missing');
  expect(combined(undefined, { orders: 'circuit-open' })).toMatch(/"orders":null,"_missing":\{"orders":"circuit-open"\}\}$/);
});

it.each(['{calls.users}', '{calls.}', '{call.user}', '{user}', '{principal.nmae}'])('refuses %s, and says what there is', (template) => {
  expect(() => compileCombination([template], ['user'])).toThrow(/unknown placeholder .* allowed: calls\.user, /);
});
