import { exchangeOf, type Given } from '../test/exchange.js';
import { compileRequestHeaders, foldName, type ContextNames, type RequestHeaderSettings } from './request-headers.js';
import { TemplateError } from './template.js';

const context: ContextNames = {
  id: 'X-User-ID', email: 'X-User-Email', role: 'X-User-Role', roles: null, permissions: 'X-User-Permissions', scopes: null,
  requestId: 'X-Gateway-Request-ID', separator: ',',
};
const settings = (changed: Partial<RequestHeaderSettings> = {}): RequestHeaderSettings => ({
  mode: 'all', allow: [], drop: [], set: {}, context, authorization: 'forward', cookie: 'forward', ...changed,
});

function sent(changed: Partial<RequestHeaderSettings>, given: Given = {}): string[] {
  const exchange = exchangeOf(given);
  compileRequestHeaders(settings(changed)).apply?.(exchange);
  return exchange.outgoing.headers.flat;
}

describe('isDropped', () => {
  it.each<[string, Partial<RequestHeaderSettings>, boolean]>([
    ['x-user-id', {}, true],
    ['x_user_id', {}, true],
    ['x-user_id', {}, true],
    ['x.user.id', {}, true],
    ['x-user-id', { context: 'off' }, true],
    ['x_user_roles', { context: 'off' }, true],
    ['x-gateway-request-id', { context: 'off' }, true],
    ['x-caller', { context: { ...context, id: 'X-Caller' } }, true],
    ['x-user-id', { context: { ...context, id: 'X-Caller' } }, true],
    ['x-user-email', { context: { ...context, email: null } }, true],
    ['x-user-idx', {}, false],
    ['x-user-ip', {}, false],
    ['accept', {}, false],
    ['authorization', {}, false],
    ['authorization', { authorization: 'drop' }, true],
    ['cookie', {}, false],
    ['cookie', { cookie: 'drop' }, true],
    ['x-secret', { drop: ['X-Secret'] }, true],
    ['x_tenant', { set: { 'X-Tenant': 'a' } }, true],
    ['accept', { mode: 'list', allow: ['Accept'] }, false],
    ['x-other', { mode: 'list', allow: ['Accept'] }, true],
    ['content-type', { mode: 'list' }, false],
    ['sec-websocket-key', { mode: 'list' }, false],
    ['x-user-id', { mode: 'list', allow: ['X-User-ID'] }, true],
    ['accept', { allow: ['x-only-for-list'] }, false],
  ])('%s with %j: %s', (name, changed, expected) => {
    expect(compileRequestHeaders(settings(changed)).isDropped(name)).toBe(expected);
  });
});

describe('context headers', () => {
  it('tell who is calling', () => {
    expect(sent({}, { principal: { id: '7', email: 'a@b.example', roles: ['teacher', 'admin'], permissions: ['read', 'write'] } })).toEqual([
      'X-User-ID', '7', 'X-User-Email', 'a@b.example', 'X-User-Role', 'teacher', 'X-User-Permissions', 'read,write', 'X-Gateway-Request-ID', 'request-1',
    ]);
  });

  it('leave out what is empty', () => {
    expect(sent({})).toEqual(['X-Gateway-Request-ID', 'request-1']);
    expect(sent({}, { principal: { id: '7' } })).toEqual(['X-User-ID', '7', 'X-Gateway-Request-ID', 'request-1']);
  });

  it('use the names and the separator of the file', () => {
    const names: ContextNames = { ...context, id: 'Remote-User', email: null, role: null, roles: 'Groups', permissions: null, scopes: 'Scope', requestId: null, separator: ' ' };
    expect(sent({ context: names }, { principal: { id: 'ü', roles: ['a', 'b c', 'd'], scopes: ['x', 'y'] } })).toEqual(['Remote-User', '\xc3\xbc', 'Groups', 'a d', 'Scope', 'x y']);
  });

  it('cannot be split by a value', () => {
    expect(sent({}, { principal: { id: '7\r\nX-User-Role: admin', permissions: ['read,admin', 'write'] } })).toEqual([
      'X-User-Permissions', 'write', 'X-Gateway-Request-ID', 'request-1',
    ]);
  });

  it('off sets nothing', () => {
    expect(compileRequestHeaders(settings({ context: 'off' })).apply).toBeNull();
  });
});

describe('set', () => {
  it('replaces what is there, and takes it away when empty', () => {
    const set = { 'X-A': 'user:{principal.id}', 'X-B': '{principal.email}' };
    expect(sent({ context: 'off', set }, { headers: { 'x-a': 'old', 'x-b': 'old' }, principal: { id: '7' } })).toEqual(['x-a', 'user:7']);
  });

  it('takes an Authorization of its own beside a dropped one', () => {
    expect(sent({ context: 'off', authorization: 'drop', set: { Authorization: 'Bearer user:{principal.id}' } }, { principal: { id: '7' } })).toEqual(['Authorization', 'Bearer user:7']);
  });

  it.each([{ 'X-A': '{nope}' }, { 'Content-Length': '5' }, { 'transfer-encoding': 'chunked' }, { 'X-A': 'a\r\nb' }])('%j is refused', (set: Record<string, string>) => {
    expect(() => compileRequestHeaders(settings({ set }))).toThrow(TemplateError);
  });
});

it.each([['X_User_ID', 'x-user-id'], ['X.User!ID', 'x-user-id'], ['accept', 'accept']])('%s folds to %s', (name, expected) => {
  expect(foldName(name)).toBe(expected);
});
