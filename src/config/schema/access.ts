import { z } from 'zod';
import { listOf } from './values.js';

/** What role names mean. */
export const rolesSchema = z.strictObject({
  known: listOf(z.string().min(1)).optional().describe('Roles that exist, after aliases. A caller with none of them is refused (403) on every route that is not public. Default: any role is known.'),
  alias: z.record(z.string(), z.string()).default({}).describe('Name in a token to name in this file, e.g. `{ enseignant: teacher }`.'),
  implies: z.record(z.string(), listOf(z.string())).default({}).describe('A role to the roles it includes, e.g. `{ admin: [recruteur], recruteur: [candidat] }`: a ladder.'),
  permissions: z.record(z.string().min(1), listOf(z.string().regex(/^[^*]+\*?$|^\*$/, { error: 'expected a permission such as grades:write, with `*` at its end at most' }))).optional().describe('A role to the permissions it brings, e.g. `{ teacher: [grades:write], admin: ["grades:*"] }`, to those who have a role that implies it too. A `*` at the end stands for anything there; in a token it means nothing. Services get them with those of the token.'),
  superuser: z.string().optional().describe('Role that passes every role, permission and scope rule.'),
});

/** What happens where no route matches. */
export const unmatchedSchema = z.strictObject({
  unauthenticated: z.union([z.literal(401), z.literal(404)]).default(404).describe('Status for a caller without a valid credential: 401 hides which paths exist. Default: 404.'),
});
