import { Problem } from '#libs/kernel';
import { cpuTime } from '#libs/testing';
import { identitySchema } from '../../config/schema/identity.js';
import { canonical, namesOf, type Wanted } from './logins.js';

it.each<[string, string]>([
  ['  Ada@Example.ORG ', 'ada@example.org'],
  ['ＡＤＡ', 'ada'],
  ['É', 'é'],
  ['É', 'é'],
  ['İstanbul', canonical('i̇stanbul')],
])('%s is %s', (typed, expected) => {
  expect(canonical(typed)).toBe(expected);
  expect(canonical(canonical(typed))).toBe(canonical(typed));
});

const BOTH = { loginBy: ['email', 'username'] };
const NAME = { loginBy: ['username'] };

it.each<[string, object, Wanted, object | string]>([
  ['an address', {}, { email: ' Ada@Example.org' }, { login: 'ada@example.org', email: 'ada@example.org' }],
  ['a name that nobody asked for', {}, { email: 'ada@example.org', username: 'ada' }, { login: 'ada@example.org', email: 'ada@example.org' }],
  ['no address', {}, { username: 'ada' }, 'email: expected email'],
  ['a name', NAME, { username: 'Ada' }, { login: 'ada', email: null }],
  ['a name with an address', NAME, { username: 'Ada', email: 'a@b.org' }, { login: 'ada', email: 'a@b.org' }],
  ['an address where names are asked', NAME, { email: 'a@b.org' }, 'username: expected username'],
  ['both', BOTH, { username: 'Ada', email: 'a@b.org' }, { login: 'ada', email: 'a@b.org' }],
  ['one of both', BOTH, { email: 'a@b.org' }, { login: 'a@b.org', email: 'a@b.org' }],
  ['neither', BOTH, {}, 'email: expected email or username'],
  ['a name without an address to prove', { ...NAME, register: { verify: 'required' } }, { username: 'ada' }, 'email: expected an e-mail address'],
  ['the names of the platform', { ...NAME, fields: { username: 'user_name' } }, {}, 'user_name: expected user_name'],
])('%s', (_, config, wanted, expected) => {
  const names = (): object => namesOf(wanted, identitySchema.parse(config));
  if (typeof expected === 'object') expect(names()).toEqual(expected);
  else expect(names).toThrow(expected);
});

it.each([
  'ada', 'ada@', '@example.org', 'ada@@example.org', 'ada@example.org,eve@example.org', 'ada lovelace@example.org', 'ada@exam ple.org', 'ada@example..org', '.ada@example.org', 'ada.@example.org',
  'ada@-example.org', 'ada@example.org\nBcc: eve@example.org', '<ada@example.org>', '"ada"@example.org', `${'a'.repeat(65)}@example.org`, `a@${'b'.repeat(260)}.org`,
])('%j is no address', (email) => {
  expect(() => namesOf({ email }, identitySchema.parse({}))).toThrow(Problem);
});

it.each(['a@b.org', '-ada', 'ada lovelace', '', 'a'.repeat(65), 'ada\u200Blovelace', 'a/b'])('%j is no name', (username) => {
  expect(() => namesOf({ username }, identitySchema.parse(NAME))).toThrow(Problem);
});

it('reads an endless address in no time', () => {
  const read = (): object => namesOf({ email: `${'a.'.repeat(20_000)}@` }, identitySchema.parse({}));
  expect(cpuTime(() => expect(read).toThrow(Problem))).toBeLessThan(500);
});
