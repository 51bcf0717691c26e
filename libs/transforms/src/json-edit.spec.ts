import { exchangeOf } from '../test/exchange.js';
import { compileJsonEdits, type JsonEdits } from './json-edit.js';
import { requestVariable } from './request-template.js';
import { compileJsonTemplate } from './template.js';

const exchange = exchangeOf({ principal: { id: '7', roles: ['a'] } });

function edited(before: unknown, edits: Partial<JsonEdits>): unknown {
  const edit = compileJsonEdits({ remove: [], rename: {}, set: {}, ...edits }, (template) => compileJsonTemplate(template, requestVariable));
  return edit(structuredClone(before), exchange);
}

it.each<[unknown, Partial<JsonEdits>, unknown]>([
  [{ user: { id: 1 } }, { unwrap: 'user' }, { id: 1 }],
  [{ user: null }, { unwrap: 'user' }, null],
  [{ id: 1 }, { unwrap: 'user' }, { id: 1 }],
  [{ data: { items: [1] } }, { unwrap: 'data.items' }, [1]],
  [{ id: 1 }, { wrap: 'data' }, { data: { id: 1 } }],
  [[1], { wrap: 'data.items' }, { data: { items: [1] } }],
  [{ id: 1 }, { wrap: 'data', set: { success: true, service: '{service.name}' } }, { data: { id: 1 }, success: true, service: 'user-service' }],
  [{ a: 1, b: { c: 2, d: 3 } }, { remove: ['a', 'b.c', 'none.x'] }, { b: { d: 3 } }],
  [{ users: [{ id: 1, password: 'x' }, { password: 'y' }] }, { remove: ['users.*.password'] }, { users: [{ id: 1 }, {}] }],
  [{ list: ['a', 'b', 'c'] }, { remove: ['list.1', 'list.9', 'list.length'] }, { list: ['a', 'c'] }],
  [{}, { set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  [{ a: 5 }, { set: { 'a.b': 1 } }, { a: 5 }],
  [{ items: [{ x: 1 }, {}] }, { set: { 'items.*.owner': '{principal.id}' } }, { items: [{ x: 1, owner: '7' }, { owner: '7' }] }],
  [{ list: ['a'] }, { set: { 'list.0': 'z', 'list.5': 'y', 'list.length': 0 } }, { list: ['z'] }],
  [{ id: 'forged', email: 'forged' }, { set: { id: '{principal.id}', email: '{principal.email}', roles: '{principal.roles}' } }, { id: '7', roles: ['a'] }],
  [{}, { set: { 'a.b': '{principal.email}' } }, {}],
  [[1], { set: { a: 1 } }, [1]],
  ['text', { remove: ['a'], rename: { a: 'b' }, set: { a: 1 } }, 'text'],
  [{ data: { a: 1, b: 2, c: 3 } }, { unwrap: 'data', pick: ['a', 'b'], remove: ['b'], rename: { a: 'z' }, wrap: 'r', set: { 'r.n': 1 } }, { r: { z: 1, n: 1 } }],
])('%j with %j', (before, edits, after) => {
  expect(edited(before, edits)).toEqual(after);
});

it('sets no object twice', () => {
  const value = edited([{}, {}], { set: { '*.o': {} } }) as { o: object }[];
  expect(value[0]?.o).not.toBe(value[1]?.o);
});

it('cannot reach a prototype', () => {
  edited({}, { set: { 'constructor.prototype.polluted': true } });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
