import { exchangeOf } from '../test/exchange.js';
import { compileTemplate, REQUEST_VARIABLES, requestVariable } from './request-template.js';
import { TemplateError } from './template.js';

const exchange = exchangeOf({
  method: 'PUT',
  url: '/users/caf%C3%A9?q=a+b%21&q=2&empty',
  headers: { 'x-tenant': 'acme', 'x-utf8': 'Ã©', 'x-latin1': 'é' },
  params: { name: 'caf%C3%A9', broken: '%zz' },
  target: 'http://user:secret@target.internal:8001/base/',
  principal: {
    id: '42', email: 'a@b.example', roles: ['teacher', 'admin'], permissions: ['read', 'write'], scopes: ['s1'],
    claims: { a: { b: 7, list: ['x'] }, 'https://ns.example/tenant': 'acme', zero: 0 },
  },
});

it.each([
  ['{principal.id}', '42'],
  ['{principal.email}', 'a@b.example'],
  ['{principal.role}', 'teacher'],
  ['{principal.roles}', 'teacher,admin'],
  ['{principal.permissions}', 'read,write'],
  ['{principal.scopes}', 's1'],
  ['{principal.claims.a.b}', '7'],
  ['{principal.claims.a.list.0}', 'x'],
  ['{principal.claims.https://ns.example/tenant}', 'acme'],
  ['{principal.claims.zero}', '0'],
  ['{principal.claims.constructor}', ''],
  ['{principal.claims.a.b.c}', ''],
  ['{request.id}', 'request-1'],
  ['{request.method} {request.path}', 'PUT /users/caf%C3%A9'],
  ['{request.query}', 'q=a+b%21&q=2&empty'],
  ['{request.query.q}', 'a b!'],
  ['{request.query.empty}{request.query.none}', ''],
  ['{request.header.X-Tenant}', 'acme'],
  ['{request.header.x-utf8}', 'é'],
  ['{request.header.x-latin1}', 'é'],
  ['{request.scheme}://{request.host}', 'https://public.example'],
  ['{request.client}', '203.0.113.7'],
  ['{request.bearer}{request.version}', ''],
  ['{params.name}', 'café'],
  ['{params.broken}', '%zz'],
  ['{params.none}', ''],
  ['{route.name}/{service.name}', 'users/user-service'],
  ['{target.url}', 'http://target.internal:8001/base'],
])('%s is "%s"', (template, expected) => {
  expect(compileTemplate(template)(exchange)).toBe(expected);
});

it.each(REQUEST_VARIABLES.filter((name) => name.startsWith('principal.')))('%s of nobody is empty', (name) => {
  expect(compileTemplate(`{${name}}`)(exchangeOf())).toBe('');
});

it.each(['principal.name', 'request', 'request.header.', 'principal.claims.', 'constructor', ''])('{%s} is refused', (name) => {
  expect(requestVariable(name)).toBeUndefined();
  expect(() => compileTemplate(`{${name}}`)).toThrow(TemplateError);
});

it('tells what is allowed', () => {
  expect(() => compileTemplate('{user.id}')).toThrow(/\{user\.id\}; allowed: principal\.id, .*params\.<name>/);
});

it.each([['Bearer abc.d-e', 'abc.d-e'], ['bearer  abc ', 'abc'], ['Basic abc', ''], ['Bearer', ''], ['Bearer a b', '']])('{request.bearer} of %j is "%s"', (authorization, expected) => {
  expect(compileTemplate('{request.bearer}')(exchangeOf({ headers: { authorization } }))).toBe(expected);
});

it('{request.bearer} may have come in the query, out of which it was cut', () => {
  const exchange = exchangeOf();
  exchange.queryToken = 'abc';
  expect(compileTemplate('{request.bearer}')(exchange)).toBe('abc');
});

it('{request.version} is the version of the call', () => {
  expect(compileTemplate('{request.version}')(Object.assign(exchangeOf(), { version: 'v2' }))).toBe('v2');
});
