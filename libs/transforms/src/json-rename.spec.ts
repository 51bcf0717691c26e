import { compileRename } from './json-rename.js';
import { TemplateError } from './template.js';

it.each<[Record<string, string>, string, string]>([
  [{ full_name: 'fullName' }, '{"id":1,"full_name":"A","x":2}', '{"id":1,"fullName":"A","x":2}'],
  [{ a: 'b', b: 'a' }, '{"a":1,"b":2}', '{"b":1,"a":2}'],
  [{ a: 'b' }, '{"a":1,"b":2}', '{"b":1}'],
  [{ a: 'b' }, '{"b":2}', '{"b":2}'],
  [{ 'users.*.full_name': 'name' }, '{"users":[{"full_name":"A"},{"x":1},null]}', '{"users":[{"name":"A"},{"x":1},null]}'],
  [{ user: 'person', 'user.full_name': 'name' }, '{"user":{"full_name":"A"}}', '{"person":{"name":"A"}}'],
  [{ a: 'b' }, '{"a":1,"__proto__":{"admin":true}}', '{"b":1,"__proto__":{"admin":true}}'],
  [{ a: 'b' }, '["a"]', '["a"]'],
])('%j turns %s into %s', (renames, before, after) => {
  expect(JSON.stringify(compileRename(renames)(JSON.parse(before)))).toBe(after);
});

it.each([{ a: '__proto__' }, { a: '' }, { 'a.': 'b' }])('%j is refused', (renames: Record<string, string>) => {
  expect(() => compileRename(renames)).toThrow(TemplateError);
});
