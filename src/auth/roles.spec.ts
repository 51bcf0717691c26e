import type { RolesConfig } from '../config/index.js';
import { principalWith } from './auth.fixture.js';
import { Roles, rolesOf } from './roles.js';

const config = (parts: Partial<RolesConfig>): RolesConfig => ({ alias: {}, implies: {}, ...parts });

it('closes the ladder', () => {
  const roles = new Roles(config({ implies: { admin: ['recruteur', 'auditor'], recruteur: ['candidat'] } }));
  expect([...roles.standing(principalWith({ roles: ['admin'] })).roles].sort()).toEqual(['admin', 'auditor', 'candidat', 'recruteur']);
  expect([...roles.standing(principalWith({ roles: ['candidat'] })).roles]).toEqual(['candidat']);
});

it('brings the permissions of roles, implied and renamed ones too', () => {
  const roles = new Roles(config({ alias: { prof: 'teacher' }, implies: { head: ['teacher'] }, permissions: { teacher: ['grades:*', 'mail'], head: ['mail', 'budget'] } }));
  expect(roles.standing(principalWith({ roles: ['prof'], permissions: ['own', 'mail'] })).principal.permissions).toEqual(['own', 'mail', 'grades:*']);
  const { permissions, wildcards } = roles.standing(principalWith({ roles: ['head'] }));
  expect([[...permissions].sort(), wildcards]).toEqual([['budget', 'grades:*', 'mail'], ['grades:']]);
});

it('leaves a principal that nothing is brought to as it is', () => {
  const principal = principalWith({ roles: ['pupil'], permissions: ['x'] });
  expect(new Roles(config({ permissions: { teacher: ['y'] } })).standing(principal).principal).toBe(principal);
});

it('resolves aliases, without what they imply', () => {
  const roles = new Roles(config({ alias: { enseignant: 'teacher' }, implies: { teacher: ['staff'] } }));
  const { principal, roles: all } = roles.standing(principalWith({ roles: ['enseignant', 'teacher'] }));
  expect(principal.roles).toEqual(['teacher']);
  expect([...all]).toEqual(['teacher', 'staff']);
});

it.each<[string, Partial<RolesConfig>, string]>([
  ['itself', { implies: { a: ['a'] } }, 'a > a'],
  ['a circle', { implies: { x: ['a'], a: ['b'], b: ['c'], c: ['a'] } }, 'a > b > c > a'],
  ['an alias of an alias', { alias: { a: 'b', b: 'c' } }, '"a" leads to "b"'],
])('refuses %s', (_name, parts, message) => {
  expect(() => new Roles(config(parts))).toThrow(message);
});

it('allows two ways to one role', () => {
  const roles = new Roles(config({ implies: { top: ['left', 'right'], left: ['low'], right: ['low'] } }));
  expect([...roles.standing(principalWith({ roles: ['top'] })).roles]).toEqual(['top', 'left', 'low', 'right']);
});

it.each<[readonly string[], boolean]>([[['teacher'], true], [['admin'], true], [['janitor'], false], [[], false]])('knows %j: %s', (held, known) => {
  const roles = new Roles(config({ known: ['teacher'], implies: { admin: ['teacher'] } }));
  expect(roles.standing(principalWith({ roles: held })).known).toBe(known);
});

it('judges a principal once, and compiles a configuration once', () => {
  const given = config({});
  const principal = principalWith({ roles: ['a'] });
  expect(rolesOf(given)).toBe(rolesOf(given));
  expect(rolesOf(given).standing(principal)).toBe(rolesOf(given).standing(principal));
});
