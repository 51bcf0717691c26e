import { Secret } from '#libs/kernel';
import { Vault } from './vault.js';

const vault = new Vault(new Secret('a secret of the file'));
const PLAIN = '{"kty":"OKP","d":"private"}';

it('gives back what it sealed, and shows nothing of it', () => {
  const sealed = vault.seal(PLAIN, 'k1');
  expect(sealed).toMatch(/^aes256gcm:[\w-]+$/);
  expect(Buffer.from(sealed.slice(10), 'base64url').toString('latin1')).not.toContain('private');
  expect(vault.open(sealed, 'k1')).toBe(PLAIN);
  expect(vault.seal(PLAIN, 'k1')).not.toBe(sealed);
});

it.each<[string, () => string]>([
  ['another secret', () => new Vault(new Secret('another secret')).open(vault.seal(PLAIN, 'k1'), 'k1')],
  ['the place of another key', () => vault.open(vault.seal(PLAIN, 'k1'), 'k2')],
  ['a bit changed', () => vault.open(`${vault.seal(PLAIN, 'k1').slice(0, -2)}AA`, 'k1')],
  ['an end cut off', () => vault.open(vault.seal(PLAIN, 'k1').slice(0, 30), 'k1')],
])('does not open with %s', (_what, open) => {
  expect(open).toThrow(/was encrypted with another secret/);
});

it('without a secret writes in plain, reads what is plain, and says what is missing for the rest', () => {
  const none = new Vault(null);
  expect(none.seal(PLAIN, 'k1')).toBe(PLAIN);
  expect(vault.open(PLAIN, 'k1')).toBe(PLAIN);
  expect(() => none.open(vault.seal(PLAIN, 'k1'), 'k1')).toThrow('identity.signing.encrypt');
  expect([none.fits(PLAIN), vault.fits(PLAIN), vault.fits(vault.seal(PLAIN, 'k1'))]).toEqual([true, false, true]);
});
