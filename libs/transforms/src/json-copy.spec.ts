import { compileClaims, compileCopy, type Copies } from './json-copy.js';
import { parseExact, stringifyExact } from './exact-json.js';
import { TemplateError } from './template.js';

const edited = (edit: (value: unknown) => unknown, before: string): string => stringifyExact(edit(parseExact(Buffer.from(before)))).toString();
const token = (payload: string): string => `eyJ.${Buffer.from(payload).toString('base64url')}.sig`;

it.each<[Copies, string, string]>([
  [{ access_token: 'accessToken' }, '{"access_token":"x"}', '{"access_token":"x","accessToken":"x"}'],
  [{ a: ['b', 'data.a'] }, '{"a":12345678901234567890}', '{"a":12345678901234567890,"b":12345678901234567890,"data":{"a":12345678901234567890}}'],
  [{ a: 'b' }, '{"a":1,"b":2}', '{"a":1,"b":2}'],
  [{ a: 'b' }, '{"c":1}', '{"c":1}'],
  [{ 'detail.0.msg': 'message', detail: 'message' }, '{"detail":[{"msg":"no"}]}', '{"detail":[{"msg":"no"}],"message":"no"}'],
  [{ 'detail.0.msg': 'message', detail: 'message' }, '{"detail":"no"}', '{"detail":"no","message":"no"}'],
  [{ a: 'a.b' }, '{"a":{"c":[{"d":1}]}}', '{"a":{"c":[{"d":1}],"b":{"c":[{"d":1}]}}}'],
  [{ a: 'b.c' }, '{"a":1,"b":"text"}', '{"a":1,"b":"text"}'],
  [{ '0': 'x' }, '[1]', '[1]'],
  [{ a: 'b' }, '"text"', '"text"'],
  [{ a: 'b' }, '{"a":{"__proto__":{"admin":true}}}', '{"a":{"__proto__":{"admin":true}},"b":{"__proto__":{"admin":true}}}'],
])('%j makes of %s %s', (copies, before, after) => {
  expect(edited(compileCopy(copies), before)).toBe(after);
});

it.each([
  ['its claims, digit for digit', token('{"sub":"ana","user_id":12345678901234567890,"realm":{"role":"admin"}}'), ',"user":{"name":"ana","id":12345678901234567890,"role":"admin"}'],
  ['those it has', token('{"sub":"ana"}'), ',"user":{"name":"ana"}'],
  ['none of something opaque', 'opaque', ''],
  ['none of something with dots', 'a.b.c', ''],
  ['none of too many parts', `${token('{"sub":"ana"}')}.x`, ''],
])('a token shows %s', (_what, value, more) => {
  const claims = compileClaims({ token: { sub: 'user.name', user_id: 'user.id', 'realm.role': 'user.role' } });
  expect(edited(claims, `{"token":"${value}"}`)).toBe(`{"token":"${value}"${more}}`);
});

it('what a service says itself wins over the claims', () => {
  const claims = compileClaims({ token: { sub: 'user.name' } });
  const value = token('{"sub":"ana"}');
  expect(edited(claims, `{"token":"${value}","user":{"name":"Ana"}}`)).toBe(`{"token":"${value}","user":{"name":"Ana"}}`);
});

it.each([{ 'a.': 'b' }, { 'a.*.c': 'b' }, { a: 'b.*.c' }, { a: ['b', '__proto__'] }])('%j is refused', (copies: Copies) => {
  expect(() => compileCopy(copies)).toThrow(TemplateError);
});
