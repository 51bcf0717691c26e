import type { Principal } from '#libs/kernel';
import type { Claims } from '../../auth/jwt/claim-path.js';
import type { InternalTokenSettings } from '../../auth/local-tokens.js';
import { timeId } from '../../auth/time-id.js';

/** What a token tells a service of the caller. Times in milliseconds since the epoch. */
export function internalClaims(principal: Principal, settings: InternalTokenSettings, times: { readonly now: number; readonly expiresAt: number }, issuer: string | undefined): Claims {
  const { audience, claims, email } = settings;
  const { authenticator, id, permissions, roles, scopes } = principal;
  const passed = claims.filter((name) => Object.hasOwn(principal.claims, name)).map((name) => [name, principal.claims[name]] as const);
  return {
    ...Object.fromEntries(passed),
    ...(issuer !== undefined && { iss: issuer }),
    aud: audience.length === 1 ? audience[0] : audience,
    sub: id,
    ...(email && principal.email !== null && { email: principal.email }),
    ...(roles.length > 0 && { role: roles[0] }),
    roles, permissions,
    // RFC 8693 4.2: with spaces between them.
    scope: scopes.join(' '),
    authenticator,
    jti: timeId(times.now), iat: Math.floor(times.now / 1_000), exp: Math.floor(times.expiresAt / 1_000),
  };
}
