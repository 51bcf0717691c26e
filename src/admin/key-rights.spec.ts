import { principalWith } from '../auth/auth.fixture.js';
import { Roles } from '../auth/roles.js';
import type { Principal } from '#libs/kernel';
import { excess } from './key-rights.js';

const roles = new Roles({ alias: { chef: 'admin' }, implies: { admin: ['teacher'] }, superuser: 'root', permissions: { teacher: ['grades:*'] } } as ConstructorParameters<typeof Roles>[0]);
const nothing = { roles: [], permissions: [], scopes: [] };

it.each<[string, Partial<Principal> | null, object, object]>([
  ['nobody gives nothing', null, {}, {}],
  ['nobody gives a role', null, { roles: ['a'] }, { roles: ['a'] }],
  ['one’s own', { roles: ['admin'], permissions: ['p'], scopes: ['s'] }, { roles: ['admin'], permissions: ['p'], scopes: ['s'] }, {}],
  ['by another name', { roles: ['chef'] }, { roles: ['admin'] }, {}],
  ['what one’s role implies', { roles: ['admin'] }, { roles: ['teacher'], permissions: ['grades:read'] }, {}],
  ['a whole group of permissions', { roles: ['teacher'] }, { permissions: ['grades:*'] }, {}],
  ['more', { roles: ['teacher'], permissions: ['p'], scopes: ['s'] }, { roles: ['admin', 'root'], permissions: ['p', 'q'], scopes: ['s', 't'] }, { roles: ['admin', 'root'], permissions: ['q'], scopes: ['t'] }],
  ['the superuser gives all', { roles: ['root'] }, { roles: ['admin'], permissions: ['q'], scopes: ['t'] }, {}],
])('%s', (_who, giver, wanted, missing) => {
  expect(excess({ ...nothing, ...wanted }, giver && roles.standing(principalWith(giver)))).toEqual({ ...nothing, ...missing });
});
