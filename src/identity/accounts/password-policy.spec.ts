import { passwordSchema } from '../../config/schema/identity-passwords.js';
import { weakness } from './password-policy.js';

const NAMES = ['ada.lovelace@example.org', null];

it.each<[string, RegExp | null]>([
  ['correct horse', null],
  ['Tr0ub4dor&3x', null],
  ['mot de passe à moi', null],
  ['ééééàààà12', null],
  ['short', /at least 10/],
  ['🙂🙂🙂🙂🙂', /at least 10/],
  ['a'.repeat(129), /at most 128/],
  ['aaaaaaaaaaaa', /guess/],
  ['abababababab', /guess/],
  ['password123', /guess/],
  ['Password2024!!', /guess/],
  ['!!password!!', /guess/],
  ['1234567890', /guess/],
  ['qwertyuiop', /guess/],
  ['Ada.Lovelace@Example.org', /sign in with/],
  ['ADA.LOVELACE', /sign in with/],
  ['ada.lovelace1', null],
  ['correct hors\uD800', /valid text/],
])('%s: %s', (password, expected) => {
  const found = weakness(password, NAMES, passwordSchema.parse({}));
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatch(expected);
});

it.each<[string, readonly string[], string | null]>([
  ['correct horse', ['lower'], null],
  ['correct horse', ['upper', 'digit', 'symbol'], 'it needs a capital letter, a digit, a symbol'],
  ['Çorrect h0rse!', ['lower', 'upper', 'digit', 'symbol'], null],
  ['CORRECT HORSE', ['lower'], 'it needs a small letter'],
])('%s with %j: %s', (password, require, expected) => {
  expect(weakness(password, NAMES, passwordSchema.parse({ require }))).toBe(expected);
});

it('lets common ones pass where the file says so', () => {
  expect(weakness('password123', NAMES, passwordSchema.parse({ common: true }))).toBeNull();
});
