import { z } from 'zod';
import type { IdentityConfig } from '../config/index.js';

/** Characters; what is longer is no password anyway, and is not even hashed. */
const LONGEST_PASSWORD = 1_024;
const LONGEST = 320;
const LONGEST_NAME = 200;
/** Characters of all further fields together, as JSON. */
const LONGEST_ATTRIBUTES = 16_384;

const text = (most: number, what: string) => z.string({ error: `expected ${what}` }).min(1, { error: `expected ${what}` }).max(most, { error: `expected at most ${most} characters` });
const password = text(LONGEST_PASSWORD, 'a password');
// PostgreSQL keeps no NUL, and nobody types one.
const login = text(LONGEST, 'text').refine((typed) => !typed.includes('\0'), { error: 'expected text' });
const token = text(LONGEST, 'a token');
// RFC 5322 2.2: a line break in a name must not become one in the head of a mail, or in a log.
const name = text(LONGEST_NAME, 'a name').regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { error: 'expected a name in one line' });
const attributes = z.record(z.string(), z.unknown())
  .refine((fields) => JSON.stringify(fields).length <= LONGEST_ATTRIBUTES, { error: `expected at most ${LONGEST_ATTRIBUTES} characters in all further fields together` });

export const registerBody = z.object({ email: login.optional(), username: login.optional(), password, name: name.optional(), role: text(LONGEST_NAME, 'a role').optional(), attributes });

export const profileBody = z.object({ name: name.optional(), attributes });

export const changeBody = z.object({ currentPassword: password, newPassword: password });

export const tokenBody = z.object({ token });

/** The new password of a reset may stand in either field; whoever writes a form has his own mind about that. */
export const resetBody = z.object({ token, password: password.optional(), newPassword: password.optional() });

type LoginBy = IdentityConfig['loginBy'];

/** Who one is: in the field of the address or of the name, as clients see fit. */
export const whoBody = (loginBy: LoginBy) => named(z.object({ email: login.optional(), username: login.optional() }), loginBy).transform((body) => loginIn(body, loginBy) ?? '');

export const loginBody = (loginBy: LoginBy) => named(z.object({ email: login.optional(), username: login.optional(), password }), loginBy)
  .transform((body) => ({ login: loginIn(body, loginBy) ?? '', password: body.password }));

interface Who {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

/** One of them has to be there; that is told whatever else is wrong. */
function named<T extends z.ZodType<Who>>(schema: T, loginBy: LoginBy): T {
  return schema.refine((body) => loginIn(body, loginBy) !== undefined, { path: [loginBy[0] ?? 'email'], error: 'expected text', when: () => true });
}

function loginIn(body: Who, [preferred = 'email']: LoginBy): string | undefined {
  return body[preferred] ?? body.email ?? body.username;
}

const MOST_ROLES = 100;
const MOST_PERMISSIONS = 1_000;
const names = (most: number) => z.array(z.string().min(1).max(LONGEST_NAME)).max(most);

/** What an administrator says of an account; in our own names. */
export const draftBody = z.strictObject({
  email: login.optional(), username: login.optional(), name: name.optional(),
  password: password.optional(), passwordHash: text(LONGEST, 'a hash').optional(),
  roles: names(MOST_ROLES).default([]), permissions: names(MOST_PERMISSIONS).default([]),
  active: z.boolean().default(true), verified: z.boolean().default(false),
  attributes: attributes.default({}),
});

export const changesBody = z.strictObject({
  roles: names(MOST_ROLES).optional(),
  permissions: names(MOST_PERMISSIONS).optional(),
  active: z.boolean().optional(),
});
