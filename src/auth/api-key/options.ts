import { z } from 'zod';
import { Secret, secretText } from '#libs/kernel';
import { ownLimitsSchema } from '../../config/index.js';
import { listOf, onOff } from '../../config/schema/values.js';
import { LISTED } from '../hmac/options.js';
import { place, remember } from '../jwt/options.js';

const HASH = /^sha256:(?:[0-9a-f]{64}|[\w-]{43})$/i;

const secrets = () => z.union([secretText(), z.array(secretText()).min(1, { error: 'expected at least one key' })]);
const digest = () => secretText().refine((text) => HASH.test(text.reveal()), { error: 'expected `sha256:` and the hash in hex or base64url' });
const digests = () => z.union([digest(), z.array(digest()).min(1, { error: 'expected at least one hash' })]);
const names = () => listOf(z.string().min(1)).default([]);

const moment = z.string().refine((text) => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)), { error: 'expected a day or a moment such as 2027-01-31 or 2027-01-31T18:00:00Z' }).transform((text) => Date.parse(text));

const entry = z.strictObject({
  key: secrets().optional().describe('The text of the key, or several while one replaces another. Danger: it has to be random; whoever guesses it is in. `openssl rand -base64 32` makes one.'),
  hash: digests().optional().describe('Instead of it, `sha256:` and the hash of the text in hex or base64url, or several.'),
  name: z.string().min(1).optional().describe('For people, as claim `name`. Default: the id.'),
  owner: z.string().min(1).optional().describe('Who calls with it: the id of the caller. Default: the id of the key.'),
  roles: names().describe('Roles it has. Default: none.'),
  permissions: names().describe('Permissions it has. Default: none.'),
  scopes: names().describe('Scopes it has. Default: none.'),
  limits: ownLimitsSchema.default([]).describe('Limits of its own, which count over all routes together, beside those of the route. Default: none.'),
  expires: moment.optional().describe('When it ends, such as 2027-01-31 (the beginning of that day, UTC). Default: never.'),
}).refine(({ hash, key }) => key !== undefined || hash !== undefined, { error: 'expected `key` or `hash`' });

const listed = secretText().refine((text) => LISTED.test(text.reveal()), { error: 'expected `id:key` pairs with commas between them' });

/** Options of the `api-key` authenticator. */
export const apiKeyOptions = z.strictObject({
  from: z.array(place).min(1).prefault([{ header: 'X-API-Key' }]).describe('Where to look for the key. Different keys in two places are refused. Default: the header X-API-Key.'),
  keys: z.union([z.record(z.string().min(1), z.union([secrets(), entry])), z.literal('off'), listed]).optional().describe('Keys of the file: ids to texts (one, or several while one replaces another), or to what a key may; as text from the environment, `id:key,id2:key2`. `off`: there are none, and where `all` of an `authenticate` names this authenticator, it does without. Default: none. Danger: with `"${API_KEYS:-off}"`, whoever forgets the variable asks nobody for a key.'),
  salt: z.string().transform((text) => (text === '' ? undefined : new Secret(text))).optional().meta({ secret: true }).describe('What stands before the text of a key of the file when it is hashed, where `hash` was made so. Empty text is none. Default: none.'),
  managed: onOff().optional().describe('Whether keys of the database are good too, which are made while the gateway runs: `passerelle keys`, or the admin endpoint. Default: on where the file has no `keys`, else off.'),
  forward: onOff().default(false).describe('Whether services see the key; it is about header fields that hold nothing else. Default: off. Danger: a service that sees a key can call the gateway with it.'),
  remember,
});

export type ApiKeyOptions = z.output<typeof apiKeyOptions>;

/** Whether an authenticator of the file goes by the keys of the database. */
export function isManaged({ keys, managed }: { readonly keys?: unknown; readonly managed?: unknown }): boolean {
  return typeof managed === 'boolean' ? managed : keys === undefined;
}

/** Whether a configuration needs the keys of the database. */
export function needsKeys(authenticate: Readonly<Record<string, { readonly use: string; readonly keys?: unknown; readonly managed?: unknown }>>): boolean {
  return Object.values(authenticate).some((chosen) => chosen.use === 'api-key' && isManaged(chosen));
}
