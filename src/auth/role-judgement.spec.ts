import type { RuleConfig } from '../config/index.js';
import { principalWith } from './auth.fixture.js';
import { rolesIn, rolesSuffice } from './role-judgement.js';
import { Roles } from './roles.js';

it.each<[RuleConfig, boolean, readonly string[]]>([
  ['any', true, []],
  ['deny', false, []],
  [{ owner: 'id', permissions: ['p'] }, true, []],
  [{ roles: ['a'] }, true, ['a']],
  [{ roles: { all: ['a', 'b'] } }, false, ['a', 'b']],
  [{ anyOf: [{ roles: ['b'] }, { owner: 'id' }] }, true, ['b']],
  [{ anyOf: [{ roles: ['b'] }, { roles: ['c'] }] }, false, ['b', 'c']],
  [{ roles: ['a'], anyOf: [{ roles: ['b'] }, { roles: ['a'] }] }, true, ['a', 'b', 'a']],
])('as far as roles decide, %j', (rule, suffices, named) => {
  expect(rolesSuffice(rule, new Roles({ alias: {}, implies: {} }).standing(principalWith({ roles: ['a'] })))).toBe(suffices);
  expect(rolesIn(rule)).toEqual(named);
  expect(rolesSuffice(rule, new Roles({ alias: {}, implies: {}, superuser: 'root' }).standing(principalWith({ roles: ['root'] })))).toBe(true);
});
