import { z } from 'zod';
import { listOf, name, onOff } from './values.js';

/** `authenticate:` of a route, a policy or `defaults`. */
export const authenticateSchema = z.union([
  z.literal('none').describe('A public route: nobody is asked who they are.'),
  listOf(name()).describe('Authenticators to try in order; the first that finds a credential of its kind decides. A token that names another issuer than those an authenticator knows is left to the next.'),
  z.strictObject({
    any: listOf(name()).optional().describe('Authenticators to try in order; the first that finds a credential of its kind says who is calling. Default: all of the file, unless there is `all`.'),
    all: listOf(name()).optional().describe('Authenticators that must each find a good credential besides, such as an API key and a signature. Without `any`, the first of them says who is calling.'),
    optional: onOff().default(false).describe('`on`: a caller without a credential for `any` is let in as nobody, as on a public route, wherever `authorize` asks for nothing; where it asks for something, that is 401. A bad credential is 401 all the same. Default: off.'),
  }),
]);

export type AuthenticateConfig = z.output<typeof authenticateSchema>;

/** Who is asked on a route, written out. */
export interface Asked {
  /** The first of these to find a credential says who is calling. */
  readonly any: readonly string[];
  /** Each of these must be satisfied besides. */
  readonly all: readonly string[];
  /** Whether a caller may come without a credential for `any`. */
  readonly optional: boolean;
}

/** @returns `null` for a public route. What a setting leaves open is `everyone`. */
export function askedOf(authenticate: AuthenticateConfig | undefined, everyone: readonly string[] = []): Asked | null {
  if (authenticate === 'none') return null;
  if (authenticate === undefined) return { any: everyone, all: [], optional: false };
  if (Array.isArray(authenticate)) return { any: authenticate, all: [], optional: false };
  const { all = [], any = all.length > 0 ? [] : everyone, optional } = authenticate;
  return { any, all, optional };
}

/** Every authenticator that may be asked, the one that says who is calling first. */
export function namesAsked(authenticate: AuthenticateConfig | undefined, everyone: readonly string[] = []): readonly string[] {
  const asked = askedOf(authenticate, everyone);
  return asked === null ? [] : [...asked.any, ...asked.all];
}

/** The setting with what it leaves open filled in. */
export function filledIn(authenticate: AuthenticateConfig | undefined, everyone: readonly string[]): AuthenticateConfig {
  if (authenticate === undefined) return [...everyone];
  if (typeof authenticate === 'string' || Array.isArray(authenticate)) return authenticate;
  const { any } = askedOf(authenticate, everyone) as Asked;
  return any.length === 0 ? authenticate : { ...authenticate, any: [...any] };
}

/** Whether anybody is let in, known or not. */
export function isOpen(authenticate: AuthenticateConfig | undefined): boolean {
  const asked = askedOf(authenticate);
  return asked === null || (asked.optional && asked.all.length === 0);
}
