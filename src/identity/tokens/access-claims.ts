import type { Claims } from '../../auth/jwt/claim-path.js';
import { compileChecks } from '../../auth/jwt/claim-checks.js';
import { compilePrincipal } from '../../auth/jwt/principal-of.js';
import { timeId } from '../../auth/time-id.js';
import type { IdentityConfig } from '../../config/index.js';
import type { Account } from '../contracts.js';

/** Milliseconds that the clocks of two gateways may differ. */
export const TOLERANCE = 5_000;

/** Milliseconds by which `iat` and `exp`, in whole seconds, may be further apart than a lifetime. */
const ROUNDING = 2_000;

/** What every access token holds. */
const REQUIRED = ['sub', 'sid', 'jti', 'iat', 'exp'] as const;

type Entry = readonly [name: string | null, value: unknown];

/**
 * Compiles the layout of the file.
 * @returns a function from an account and its session to the claims of a token that is made at `now`, milliseconds.
 */
export function compileAccessClaims({ access, audience, issuer }: IdentityConfig): (account: Account, session: string, now: number) => Claims & { readonly exp: number } {
  const { claims, lifetime, type } = access;
  const taken = [claims.number, claims.name, claims.email, claims.role, claims.roles, claims.permissions, type?.claim, 'iss', 'aud', 'nbf', ...REQUIRED];
  // What people say of themselves never stands for what the gateway knows, not even where it knows nothing.
  const told = claims.attributes.filter((each) => !taken.some((claim) => claim === each || claim?.startsWith(`${each}.`)));
  const standard: readonly Entry[] = [['iss', issuer], ['aud', audience.length > 1 ? audience : audience[0]], [type?.claim ?? null, type?.equals]];
  return (account, session, now) => {
    const { attributes, email, id, name, permissions, roles } = account;
    const iat = Math.floor(now / 1_000);
    const exp = Math.ceil((now + lifetime) / 1_000);
    const entries: readonly Entry[] = [
      // What the gateway goes by comes last, and wins.
      ...told.map((each): Entry => [each, Object.hasOwn(attributes, each) ? attributes[each] : undefined]),
      ...Object.entries(claims.fixed),
      [claims.number, /^(?:0|[1-9]\d{0,15})$/.test(id) && Number.isSafeInteger(Number(id)) ? Number(id) : undefined],
      [claims.name, name], [claims.email, email], [claims.role, roles[0]], [claims.roles, roles], [claims.permissions, permissions],
      ...standard,
      ['sub', id], ['sid', session], ['jti', timeId(now)], ['iat', iat],
    ];
    const stated = entries.filter(([claim, value]) => claim !== null && value !== null && value !== undefined) as readonly (readonly [string, unknown])[];
    return { ...Object.fromEntries(stated), exp };
  };
}

/** Compiles what such a token must be to be accepted: the rules of its claims, and who it stands for. */
export function compileAccessRules({ access, audience, issuer }: IdentityConfig, authenticator: string) {
  const { email, permissions, role, roles } = access.claims;
  const from = (...names: readonly (string | null)[]) => ({ from: names.filter((name) => name !== null), default: undefined });
  return {
    check: compileChecks({
      issuer: issuer === undefined ? [] : [issuer], audience, tolerance: TOLERANCE, required: [...REQUIRED], type: access.type, numericSub: 'refuse',
      // Revocations last as long as what they cover: a token from when the file gave more time must not outlive them.
      maxAge: access.lifetime + ROUNDING,
    }),
    principalOf: compilePrincipal({ id: from('sub'), email: from(email), role: from(role), roles: from(roles), permissions: from(permissions), scopes: from() }, authenticator),
  };
}
