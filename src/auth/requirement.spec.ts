import type { RuleConfig } from '../config/index.js';
import { principalWith } from './auth.fixture.js';
import { adviceOn, compileRequirements } from './requirement.js';
import { Roles } from './roles.js';

const roles = new Roles({ alias: {}, implies: {}, permissions: { clerk: ['desk:*', 'mail'], boss: ['*'] } });

function unmet(rule: RuleConfig, principal: Parameters<typeof principalWith>[0], params: Record<string, string> = {}) {
  const standing = roles.standing(principalWith(principal));
  return compileRequirements(rule).filter((requirement) => !requirement.met(standing, params));
}

describe('owner', () => {
  it.each<[string, Record<string, string>, string, boolean]>([
    ['ada', { id: 'ada' }, 'the same', true],
    ['ada', { id: 'Ada' }, 'other letters', false],
    ['ada', { id: 'ada ' }, 'a blank', false],
    ['ada', {}, 'no such segment', false],
    ['', { id: '' }, 'nothing at all', false],
    ['a b', { id: 'a%20b' }, 'encoded', true],
    ['a%20b', { id: 'a%2520b' }, 'an id with a percent sign', true],
    ['a b', { id: 'a%2520b' }, 'encoded twice', false],
    ['\u00e9', { id: '%C3%A9' }, 'other than ASCII', true],
    ['\u00e9', { id: 'e%CC%81' }, 'another form of the letter', false],
    ['\ufffd', { id: '%FF' }, 'what cannot be read', false],
  ])('%j and %j: %s', (id, params, _what, owns) => expect(unmet({ owner: 'id' }, { id }, params)).toHaveLength(owns ? 0 : 1));

  it.each<[unknown, boolean]>([
    ['7', true], [7, true], [['6', '7'], true], [[6, 7], true], ['8', false], [undefined, false], [null, false], [true, false], [[['7']], false], [{ toString: () => '7' }, false],
  ])('a claim %j', (tenant, owns) => {
    expect(unmet({ owner: { param: 't', claim: 'org.tenant' } }, { claims: { org: { tenant } } }, { t: '7' })).toHaveLength(owns ? 0 : 1);
  });

  it('is none by a number that JSON could not keep: it may have been that of somebody else', () => {
    expect(unmet({ owner: { param: 't', claim: 'tenant' } }, { claims: JSON.parse('{"tenant":9007199254740993}') as Record<string, unknown> }, { t: '9007199254740992' })).toHaveLength(1);
  });

  it('is not met by what an object has anyway', () => expect(unmet({ owner: 'constructor' }, { id: 'x' }, {})).toHaveLength(1));
});

describe('permissions of roles', () => {
  it.each<[string, Parameters<typeof principalWith>[0], boolean]>([
    ['desk:open', { roles: ['clerk'] }, true],
    ['desk:', { roles: ['clerk'] }, true],
    ['desk', { roles: ['clerk'] }, false],
    ['desks', { roles: ['clerk'] }, false],
    ['mail', { roles: ['clerk'] }, true],
    ['mail:send', { roles: ['clerk'] }, false],
    ['anything', { roles: ['boss'] }, true],
    ['desk:open', { permissions: ['desk:*'] }, false],
    ['desk:open', { permissions: ['*'] }, false],
    ['desk:*', { permissions: ['desk:*'] }, true],
  ])('%s for %j', (name, principal, held) => expect(unmet({ permissions: [name] }, principal)).toHaveLength(held ? 0 : 1));
});

describe('anyOf', () => {
  const rule: RuleConfig = { scopes: ['read'], anyOf: [{ owner: 'id', roles: { all: ['a'], any: ['b'] } }, { permissions: ['mail'] }] };

  it.each<[string, Parameters<typeof principalWith>[0], number]>([
    ['the first', { scopes: ['read'], roles: ['a', 'b'] }, 0],
    ['not all of the first', { scopes: ['read'], roles: ['a'] }, 1],
    ['the second', { scopes: ['read'], id: 'eve', roles: ['clerk'] }, 0],
    ['without what stands beside', { roles: ['clerk'] }, 1],
  ])('%s', (_what, principal, count) => expect(unmet(rule, principal, { id: 'ada' })).toHaveLength(count));

  it('says what is needed', () => {
    const [, anyOf] = unmet(rule, {}, {});
    expect(adviceOn(anyOf as NonNullable<typeof anyOf>)).toBe('This route needs one of the roles b and all of the roles a and your own id as :id, or one of the permissions mail. Ask for it, or sign in as a caller who has it.');
    expect(anyOf?.required).toEqual({ anyOf: [{ owner: { param: 'id' }, roles: { any: ['b'], all: ['a'] } }, { permissions: { any: ['mail'] } }] });
  });

  it('asks for something, each of them', () => expect(() => compileRequirements({ anyOf: [{ roles: ['a'] }, {}] })).toThrow('anyOf[1]'));
});
