import { jwtOptions } from './options.js';
import { compilePrincipal } from './principal-of.js';
import { TokenRefused } from './token-problem.js';

const read = (claims: unknown, payload: object) =>
  compilePrincipal(jwtOptions.parse({ claims }).claims, 'users')(payload as Record<string, unknown>, 1);

it.each<[string, unknown, object, object]>([
  ['a number as subject', undefined, { sub: 42 }, { id: '42' }],
  ['zero as subject', undefined, { sub: 0 }, { id: '0' }],
  ['fallbacks, first present', { id: ['user_id', 'sub'] }, { sub: 'ada', user_id: 7 }, { id: '7' }],
  ['fallbacks, an empty one skipped', { id: ['user_id', 'sub'] }, { sub: 'ada', user_id: '' }, { id: 'ada' }],
  ['fallbacks, one of another shape skipped', { id: 'user_id,sub' }, { sub: 'ada', user_id: {} }, { id: 'ada' }],
  ['no e-mail', undefined, { sub: 'a' }, { email: null, roles: [], permissions: [], scopes: [] }],
  ['role and roles together, once each', undefined, { sub: 'a', role: 'admin', roles: ['editor', 'admin'] }, { roles: ['admin', 'editor'] }],
  ['one role with a space', undefined, { sub: 'a', role: 'school admin' }, { roles: ['school admin'] }],
  ['a role that is a list', undefined, { sub: 'a', role: ['x', 'y'] }, { roles: ['x', 'y'] }],
  ['lists as text', undefined, { sub: 'a', roles: 'x, y', permissions: 'p:read,p:write', scope: 'openid  mail' }, { roles: ['x', 'y'], permissions: ['p:read', 'p:write'], scopes: ['openid', 'mail'] }],
  ['scp as a list', undefined, { sub: 'a', scp: ['one'] }, { scopes: ['one'] }],
  ['what is no name in a list', undefined, { sub: 'a', roles: ['x', null, {}, 3] }, { roles: ['x', '3'] }],
  ['a path', { roles: 'realm_access.roles' }, { sub: 'a', realm_access: { roles: ['x'] } }, { roles: ['x'] }],
  ['a name with dots', { roles: 'https://example.com/roles' }, { sub: 'a', 'https://example.com/roles': ['x'] }, { roles: ['x'] }],
  ['a path that ends early', { roles: 'realm_access.roles' }, { sub: 'a', realm_access: 'none' }, { roles: [] }],
  ['a default where nothing is', { role: { from: 'role', default: 'guest' }, scopes: { from: ['scope'], default: ['read'] } }, { sub: 'a' }, { roles: ['guest'], scopes: ['read'] }],
  ['no default where something is', { role: { from: 'role', default: 'guest' } }, { sub: 'a', role: 'admin' }, { roles: ['admin'] }],
  ['nothing inherited', { role: 'constructor', roles: '__proto__.toString' }, { sub: 'a' }, { roles: [] }],
])('%s', (_name, claims, payload, expected) => {
  expect(read(claims, payload)).toMatchObject(expected);
});

it('needs an id', () => {
  expect(() => read({ id: 'user_id' }, { sub: 'ada' })).toThrow(TokenRefused);
});
