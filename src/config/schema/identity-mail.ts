import { z } from 'zod';
import { secretText } from '#libs/kernel';
import { template } from './values.js';

/** May carry a password: it never prints. */
const smtp = secretText().refine((url) => /^smtps?:\/\/\S+$/.test(url.reveal()), { error: 'expected smtp://[user:password@]host[:port] or smtps://... (in a user or password, other signs than letters and digits are written %40 and so on)' })
  .meta({ secret: true });

const letter = (subject: string, text: string) => z.strictObject({
  subject: template().default(subject).describe('Subject.'),
  text: template().default(text).describe('Body, plain text.'),
}).prefault({});

const VERIFY = 'Hello,\n\nplease confirm that this address is yours:\n\n{link}\n\nIf you did not ask for this, do nothing.\n';
const RESET = 'Hello,\n\nchoose a new password here:\n\n{link}\n\nIf you did not ask for this, do nothing: your password stays as it is.\n';
const EXISTING = 'Hello,\n\nsomebody wanted to make an account with this address, which has one already. If it was you, sign in, or ask for a new password.\n';

/** How messages reach people. */
export const mailSchema = z.strictObject({
  smtp: smtp.describe('The mail server: `smtp://[user:password@]host[:port]` (STARTTLS where it is offered; `?requireTLS=true` refuses to go on without), or `smtps://...` for TLS from the start.'),
  from: z.string().min(3).describe('Who the mails are from, such as `Example <no-reply@example.org>`.'),
  templates: z.strictObject({
    verify: letter('Confirm your address', VERIFY).describe('To prove that an address is one’s own.'),
    reset: letter('A new password', RESET).describe('To choose a new password.'),
    existing: letter('You have an account', EXISTING).describe('To the owner of an account that somebody wanted to make again, with `register.existing: silent`.'),
  }).prefault({}).describe('What they say, with `{link}`, `{token}`, `{name}`, `{login}`, `{email}` and `{expires}` (the time, ISO 8601). Danger: who registers somebody else’s address chooses the `{name}`, and so a text that the gateway would send them.'),
});

export type MailConfig = z.output<typeof mailSchema>;
