import { Problem, problems } from '#libs/kernel';
import type { IdentityConfig } from '../../config/index.js';

/** RFC 5321 4.5.3.1: what mail servers have to accept. */
const LONGEST_EMAIL = 254;
const LONGEST_LOCAL = 64;
const LONGEST_NAME = 64;

/** RFC 5321 4.1.2 without quoted local parts, and with letters of all languages (RFC 6531). */
const EMAIL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?)(?:\.[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?)*$/u;
/** No "@": a name must never look like somebody else's address. */
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u;

/** The one form of an address or a name, however it is typed. */
export function canonical(text: string): string {
  return text.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** What somebody wants to sign in with. */
export interface Wanted {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

export interface Names {
  readonly login: string;
  readonly email: string | null;
}

/**
 * The login and the address of a new account.
 * @throws Problem unprocessable when one of them is missing or is none; it calls fields as the platform does.
 */
export function namesOf(wanted: Wanted, { fields, loginBy, register }: Pick<IdentityConfig, 'fields' | 'loginBy' | 'register'>): Names {
  const email = wanted.email === undefined ? null : canonical(wanted.email);
  const username = wanted.username === undefined || !loginBy.includes('username') ? null : canonical(wanted.username);
  const called = { email: fields.email[0] as string, username: fields.username[0] as string };
  if (email !== null && !isEmail(email)) throw invalidField(called.email, 'expected an e-mail address');
  if (username !== null && !(username.length <= LONGEST_NAME && USERNAME.test(username))) throw invalidField(called.username, 'expected letters, digits, ".", "_" or "-", 64 at most');
  if (email === null && register.verify === 'required') throw invalidField(called.email, 'expected an e-mail address');
  const login = username ?? (loginBy.includes('email') ? email : null);
  if (login === null) throw invalidField(called[loginBy[0] ?? 'email'], `expected ${loginBy.map((kind) => called[kind]).join(' or ')}`);
  return { login, email };
}

function isEmail(text: string): boolean {
  return text.length <= LONGEST_EMAIL && text.indexOf('@') <= LONGEST_LOCAL && EMAIL.test(text);
}

/** One field of a body is wrong. */
export function invalidField(path: string, message: string): Problem {
  return new Problem(problems.unprocessable, `${path}: ${message}`, { members: { errors: [{ path, message }] } });
}
