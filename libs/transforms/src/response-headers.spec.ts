import { Answer, HeaderList } from '#libs/kernel';
import { exchangeOf } from '../test/exchange.js';
import type { HeaderEdit } from './header-edit.js';
import { compileResponseHeaders, partByRequest } from './response-headers.js';
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

describe('partByRequest', () => {
  const edit: HeaderEdit = { mode: 'list', allow: ['X-Keep'], drop: ['Server'], set: { A: 'fixed', B: '{service.name} of {route.name}', C: '{target.url}', D: '{request.id}', E: 'for {principal.id} by {service.name}' } };

  it('parts what tells of a request from what tells of the answer', () => {
    const { own, shared } = partByRequest(edit);
    expect(shared).toEqual({ ...edit, set: { A: 'fixed', B: '{service.name} of {route.name}', C: '{target.url}' } });
    expect(own).toEqual({ ...nothing, set: { D: '{request.id}', E: 'for {principal.id} by {service.name}' } });
  });

  it('leaves an edit whole that tells of none', () => {
    const plain = { ...nothing, set: { A: '{{request.id}}', B: '{target.url}' } };
    expect(partByRequest(plain)).toEqual({ shared: plain, own: null });
  });
});
