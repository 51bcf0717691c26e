import { Answer, HeaderList } from '#libs/kernel';
import { exchangeOf } from '../test/exchange.js';
import type { HeaderEdit } from './header-edit.js';
import { compileResponseHeaders } from './response-headers.js';
import { TemplateError } from './template.js';

const nothing: HeaderEdit = { mode: 'all', allow: [], drop: [], set: {} };
const received = ['Content-Type', 'text/plain', 'Server', 'internal/1', 'Set-Cookie', 'a=1', 'X-Keep', '1', 'set-cookie', 'b=2'];

it.each<[Partial<HeaderEdit>, string[]]>([
  [{ drop: ['server', 'SET-COOKIE'] }, ['Content-Type', 'text/plain', 'X-Keep', '1']],
  [{ mode: 'list', allow: ['X-Keep'] }, ['Content-Type', 'text/plain', 'X-Keep', '1']],
  [{ mode: 'list', allow: ['X-Keep'], drop: ['x-keep'] }, ['Content-Type', 'text/plain']],
  [{ set: { Server: 'gateway', 'X-Route': '{route.name}' } }, ['Content-Type', 'text/plain', 'Server', 'gateway', 'Set-Cookie', 'a=1', 'X-Keep', '1', 'set-cookie', 'b=2', 'X-Route', 'users']],
  [{ mode: 'list', set: { Server: '{principal.id}', 'X-Id': '{request.id}' } }, ['Content-Type', 'text/plain', 'X-Id', 'request-1']],
])('%j leaves the right fields', (edit, expected) => {
  const answer = new Answer(200, new HeaderList([...received]));
  compileResponseHeaders({ ...nothing, ...edit })?.(exchangeOf(), answer);
  expect(answer.headers.flat).toEqual(expected);
});

it('has nothing to do without settings', () => {
  expect(compileResponseHeaders(nothing)).toBeNull();
});

it('refuses a template it does not know', () => {
  expect(() => compileResponseHeaders({ ...nothing, set: { 'X-A': '{answer.status}' } })).toThrow(TemplateError);
});
