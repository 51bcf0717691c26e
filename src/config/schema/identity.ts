import { z } from 'zod';
import { accountsShape } from './identity-accounts.js';
import { sessionsShape } from './identity-sessions.js';
import { tokensShape } from './identity-tokens.js';

/** `identity:` of the file: accounts of the gateway's own, their sessions, and the tokens it signs. */
export const identitySchema = z.strictObject({ ...tokensShape, ...sessionsShape, ...accountsShape });

export type IdentityConfig = z.output<typeof identitySchema>;
