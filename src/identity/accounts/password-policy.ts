import { isCommon } from './common-passwords.js';
import { normal } from './password-hash.js';
import type { IdentityConfig } from '../../config/index.js';

type Kind = 'lower' | 'upper' | 'digit' | 'symbol';

const KINDS: Readonly<Record<Kind, readonly [RegExp, string]>> = {
  lower: [/\p{Ll}/u, 'a small letter'],
  upper: [/\p{Lu}/u, 'a capital letter'],
  digit: [/\p{Nd}/u, 'a digit'],
  symbol: [/[^\p{L}\p{N}\s]/u, 'a symbol'],
};

/** Text with fewer different characters is guessed at once, however long. */
const FEWEST_DIFFERENT = 4;

/** What is wrong with a password for somebody of these names, as a sentence; `null` when nothing is. */
export function weakness(password: string, names: readonly (string | null)[], settings: IdentityConfig['password']): string | null {
  const text = normal(password);
  const characters = Array.from(text);
  if (!password.isWellFormed()) return 'it is not valid text';
  if (characters.length < settings.minLength) return `it needs at least ${settings.minLength} characters`;
  if (characters.length > settings.maxLength) return `it may have at most ${settings.maxLength} characters`;
  const missing = settings.require.filter((kind) => !KINDS[kind][0].test(text)).map((kind) => KINDS[kind][1]);
  if (missing.length > 0) return `it needs ${missing.join(', ')}`;
  if (settings.common) return null;
  if (names.some((name) => name !== null && isLike(text, name))) return 'it must not be what you sign in with';
  if (new Set(characters).size < FEWEST_DIFFERENT || isCommon(text)) return 'it is one of the first that anybody would guess';
  return null;
}

function isLike(text: string, name: string): boolean {
  const small = text.toLowerCase();
  return small === name || small === name.replace(/@.*$/, '');
}
