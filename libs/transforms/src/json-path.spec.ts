import { compileFixedPath, compileJsonPath, eachContainer, valueAt } from './json-path.js';
import { TemplateError } from './template.js';

it.each([
  ['a', ['a']], ['a.b', ['a', 'b']], ['items.*.id', ['items', '*', 'id']], ['items.0', ['items', '0']],
  [String.raw`a\.b.c`, ['a.b', 'c']], [String.raw`a\\.b`, [String.raw`a\ `.trim(), 'b']],
])('%s is %j', (text, expected) => {
  expect(compileJsonPath(text)).toEqual(expected);
});

it.each(['', '.', 'a.', '.a', 'a..b', 'a.*', '*', '__proto__.x', 'a.__proto__', 'a\\'])('"%s" is refused', (text) => {
  expect(() => compileJsonPath(text)).toThrow(TemplateError);
});

it('allows no * where one value is meant', () => {
  expect(() => compileFixedPath('a.*.b')).toThrow(TemplateError);
});

it.each([[['a', 'b'], 1], [['a', 'toString'], undefined], [['list', '1'], 'y'], [['a', 'b', 'c'], undefined], [['none'], undefined]])('the value at %j is %j', (path, expected) => {
  expect(valueAt({ a: { b: 1 }, list: ['x', 'y'] }, path)).toEqual(expected);
});

it('finds every container', () => {
  const found: unknown[] = [];
  eachContainer({ a: [{ b: { n: 1 } }, { b: { n: 2 } }, 3, { c: 1 }] }, ['a', '*', 'b'], (container) => found.push(container));
  expect(found).toEqual([{ n: 1 }, { n: 2 }]);
});
