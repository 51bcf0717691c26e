import { z } from 'zod';
import { listOf } from './values.js';

const names = (meaning: string, standard: readonly string[]) =>
  listOf(z.string().min(1)).refine((list) => list.length > 0, { error: 'expected at least one name' })
    .default([...standard]).describe(`${meaning} Default: ${standard.join(', ')}.`);

/** What bodies of identity call things; the first name of each is what our own answers call it, too. */
export const fieldsSchema = z.strictObject({
  email: names('The e-mail address.', ['email']),
  username: names('The name one signs in with.', ['username']),
  password: names('The password; of an account that is made, of a login, and the new one of a reset.', ['password']),
  currentPassword: names('The password as it is, where it is to be changed.', ['current_password', 'currentPassword', 'old_password']),
  newPassword: names('The password as it is to be.', ['new_password', 'newPassword']),
  name: names('What people call the account.', ['name']),
  role: names('The role one asks for.', ['role']),
  refreshToken: names('The refresh token.', ['refresh_token', 'refreshToken']),
  token: names('The token of a mail.', ['token']),
}).prefault({}).describe('What the platform’s clients call the fields of bodies; several names are all understood, the first one that is there counts. Answers use the first.');

const answer = (when: string) => z.unknown().optional().describe(`Template of the body ${when}. Default: our own shape.`);

/** Bodies of the answers. */
export const answersSchema = z.strictObject({
  register: answer('of 201, once an account was made; without tokens where that does not sign in'),
  accepted: answer('of 202, which tells nothing: of a registration with `existing: silent`, and of a request for a mail'),
  login: answer('of a login'),
  refresh: answer('of a refresh'),
  me: answer('of `me`'),
  logout: z.unknown().optional().describe('Template of the body of a logout. Default: none, with 204.'),
  password: z.unknown().optional().describe('Template of the body once the password was changed. Default: none, with 204.'),
  verify: z.unknown().optional().describe('Template of the body once an address was verified. Default: none, with 204.'),
  reset: z.unknown().optional().describe('Template of the body once a password was set anew. Default: none, with 204.'),
}).prefault({}).describe('Bodies of the answers, with the placeholders `{accessToken}`, `{refreshToken}`, `{tokenType}`, `{expiresIn}` and `{refreshExpiresIn}` (seconds), `{session}`, `{user}` (as `me` has it by default), `{user.id}`, `{user.login}`, `{user.email}`, `{user.username}`, `{user.name}`, `{user.role}` (the first), `{user.roles}`, `{user.permissions}`, `{user.active}`, `{user.verified}`, `{user.createdAt}`, `{user.attributes}` and `{user.attributes.<name>}`.');
