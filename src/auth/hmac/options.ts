import { z } from 'zod';
import { secretText } from '#libs/kernel';
import { duration, headerName, listOf, onOff, size } from '../../config/schema/values.js';

/** Pairs with commas between them. */
export const LISTED = /^\s*[^\s:,]+:[^,]+(?:,\s*[^\s:,]+:[^,]+)*\s*,?\s*$/;

const secrets = () => z.union([secretText(), z.array(secretText()).min(1, { error: 'expected at least one secret' })]);

const client = z.union([
  secrets(),
  z.strictObject({
    secret: secrets().describe('Its secret, or several while one replaces another.'),
    roles: listOf(z.string().min(1)).default([]).describe('Roles it has. Default: none.'),
    permissions: listOf(z.string().min(1)).default([]).describe('Permissions it has. Default: none.'),
    scopes: listOf(z.string().min(1)).default([]).describe('Scopes it has. Default: none.'),
  }),
]);

const headers = z.strictObject({
  client: headerName().default('X-Client-Id').describe('Says who signs. Default: X-Client-Id.'),
  timestamp: headerName().default('X-Timestamp').describe('When, in seconds since 1970. Default: X-Timestamp.'),
  signature: headerName().default('X-Signature').describe('The signature in base64. Default: X-Signature.'),
});

/** Options of the `hmac` authenticator. */
export const hmacOptions = z.strictObject({
  clients: z.union([
    z.record(z.string().min(1), client),
    z.literal('off'),
    secretText().refine((text) => LISTED.test(text.reveal()), { error: 'expected `client:secret` pairs with commas between them' }),
  ]).describe('Who signs: ids to secrets (one, or several while one replaces another), or to `{ secret, roles, permissions, scopes }`; as text from the environment, `client:secret,client:secret`. `off`: nobody does, and where `all` of an `authenticate` names this authenticator, it does without. Danger: with `"${SIGNING_SECRETS:-off}"`, whoever forgets the variable asks nobody for a signature.'),
  headers: headers.prefault({}).describe('Names of the header fields.'),
  signed: listOf(headerName()).default([]).describe('Further header fields that are part of the text; one that is missing counts as empty. Default: none. Danger: what is not signed anybody on the way can change.'),
  query: onOff().default(false).describe('`on`: the query is signed with the path, from its `?` on. Default: off, the path alone. Danger: with `off` a signature is good for every query.'),
  tolerance: duration().prefault('300s').describe('How far the time that was signed may be from ours. Default: 300s.'),
  once: onOff().default(false).describe('`on`: a signature is accepted once. Each process remembers those of its own requests, so it takes a gateway with one worker. Default: off. Danger: with `off` whoever sees a request can send it again within the tolerance.'),
  remember: z.int().min(100).max(1_000_000).default(10_000).describe('With `once`: signatures to remember of each client, some 150 bytes each. A client that makes more within the tolerance gets a shorter one, never a second use. Default: 10000.'),
  body: size().prefault('10MiB').describe('Largest body that is held to be hashed, where the route allows it; over it: 413. Default: 10MiB. Danger: a body is held in memory until it is whole.'),
});

export type HmacOptions = z.output<typeof hmacOptions>;
