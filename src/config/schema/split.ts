import { z } from 'zod';
import { duration, headerName, listOf, name } from './values.js';

const cookieName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected a name without spaces or separators' });

const value = z.union([
  z.boolean().describe('`true`: must be present; `false`: must be absent.'),
  listOf(z.string()).describe('The value must be one of these.'),
]);

const condition = z.strictObject({
  header: z.record(headerName(), value).optional().describe('Request headers.'),
  cookie: z.record(cookieName, value).optional().describe('Cookies.'),
  role: listOf(z.string().min(1)).optional().describe('The caller has one of these roles.'),
}).refine((said) => Object.values(said).some((part) => part !== undefined), { error: 'expected header, cookie or role' });

const variant = z.strictObject({
  to: name().optional().describe('The service that answers. Default: that of the route.'),
  weight: z.number().min(0).default(0).describe('Share of the requests that meet no condition, relative to the other variants. Default: 0, none of them.'),
  when: z.preprocess((written) => (written === undefined || Array.isArray(written) ? written : [written]), z.array(condition)).optional().describe(
    'Requests that get this variant whatever the weights say: all parts of a condition must hold, and of several conditions any one. The first variant with one that holds wins. Default: none.',
  ),
});

/** Who gets which variant of what the route leads to. */
export const splitSchema = z.strictObject({
  by: z.union([
    z.enum(['user', 'ip', 'cookie', 'random']),
    z.string().regex(/^header:[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected user, ip, cookie, random or header:<name>' }),
  ]).default('user').describe(
    'What keeps a caller on one variant: `user` the id of the principal (the client’s address where nobody is signed in), `ip` that address, `header:<name>` a header (the address where it is missing), `cookie` a cookie of our own; `random` nothing. With the first three a change of weights moves only as many callers as it must; a cookie holds until its variant is gone or has no weight. Default: user.',
  ),
  cookie: z.strictObject({
    name: cookieName.optional().describe('Name of the cookie. Default: `passerelle_split_` and the name of the route.'),
    maxAge: duration().optional().describe('How long the client keeps it. Default: until the browser closes.'),
  }).prefault({}).describe('The cookie of `by: cookie`.'),
  salt: z.string().default('').describe('Text mixed into the choice. Splits with the same one put a caller on the same side; give experiments that have nothing to do with each other different ones. Default: none.'),
  variants: z.record(name(), variant).describe('Variants by name.'),
  answer: headerName().optional().describe('Header in which the client is told its variant, e.g. X-Variant. Default: none.'),
});

export type SplitConfig = z.output<typeof splitSchema>;
export type SplitCondition = z.output<typeof condition>;
