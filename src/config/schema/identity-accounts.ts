import { z } from 'zod';
import { answersSchema, fieldsSchema } from './identity-fields.js';
import { mailSchema } from './identity-mail.js';
import { passwordSchema } from './identity-passwords.js';
import { duration, listOf, onOff, template } from './values.js';

const register = z.strictObject({
  open: onOff().default(true).describe('Whether people may make accounts themselves. Default: on.'),
  roles: listOf(z.string().min(1)).default([]).describe('Roles that one may give oneself; others are refused with 403. Default: none. Danger: what these roles may do, everybody may do.'),
  role: z.string().min(1).optional().describe('Role of who asks for none. Default: no role at all.'),
  attributes: listOf(z.string().regex(/^(?!__proto__$)[\w-]+$/, { error: 'expected the name of a field: letters, digits, "_" or "-"' })).default([]).describe('Further fields that are kept with the account, as they come. Default: none.'),
  existing: z.enum(['conflict', 'silent']).default('conflict').describe('When there is such an account: `conflict` says so with 409. `silent` always answers 202 and tells the owner by mail; it needs `verify: required`. Default: conflict. Danger: with conflict, everybody can find out who has an account.'),
  verify: z.enum(['off', 'required']).default('off').describe('`required`: one may sign in only once a mail proved that the address is one’s own. Default: off.'),
  signsIn: onOff().default(true).describe('Whether the answer brings tokens, as a login does. Never with `verify: required`. Default: on.'),
}).refine(({ existing, verify }) => existing !== 'silent' || verify === 'required', { path: ['existing'], error: '`silent` needs `verify: required`: else a login tells whether the account is new' });

const lockout = z.strictObject({
  after: z.int().min(1).default(5).describe('Wrong passwords in a row until it begins. Default: 5.'),
  first: some().prefault('1s').describe('How long the account then takes no login; twice as long after each further wrong password. Default: 1s.'),
  most: some().prefault('15m').describe('The longest it takes none. Default: 15m.'),
}).refine(({ first, most }) => first <= most, { path: ['most'], error: 'expected no less than `first`' });

function some() {
  return duration().refine((milliseconds) => milliseconds > 0, { error: 'expected some time' });
}

const byMail = (lifetime: string, what: string) => z.strictObject({
  lifetime: some().prefault(lifetime).describe(`How long the mail is good for. Default: ${lifetime}.`),
  link: template().optional().describe(`Where the mail leads, such as \`https://app.example.org/${what}?token={token}\`; the page there posts the token. Default: the token alone.`),
}).prefault({});

/** Who may have an account, and how one proves to be its owner. */
export const accountsShape = {
  loginBy: listOf(z.enum(['email', 'username'])).refine((list) => list.length > 0, { error: 'expected email, username or both' }).default(['email']).describe('What one signs in with. Default: email.'),
  register: register.prefault({}).describe('Making accounts.'),
  password: passwordSchema.prefault({}).describe('What passwords have to be, and how they are kept.'),
  lockout: z.union([z.literal('off'), lockout]).prefault({}).describe('What happens when somebody guesses passwords of one account. Danger: `off` leaves that to limits by address.'),
  verify: byMail('24h', 'verify').describe('Proving that an address is one’s own.'),
  reset: byMail('1h', 'reset').describe('Choosing a new password when the old one is lost.'),
  mail: mailSchema.optional().describe('How mails are sent. Without it a plugin has to do that (`events.messageDue`). Default: none.'),
  fields: fieldsSchema,
  answers: answersSchema,
};
