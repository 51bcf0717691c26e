import type { Claims } from '../jwt/claim-path.js';
import type { OidcOptions } from './options.js';

/** What an ID token says once it is renewed, in the light of what was known before; `null` where it was not. */
export type Renewal = (former: Claims, latest: Claims | null) => Claims;

/**
 * Compiles what becomes of claims with a renewal. Issuers leave out what they said at the login, such as a name, so that
 * stays. But not what somebody may do: whoever lost the last of their roles has no claim for them any more. With
 * `userinfo` the ID token was never all there is to go by, and says nothing by its silence.
 */
export function compileRenewal({ claims: { permissions, role, roles, scopes }, userinfo }: Pick<OidcOptions, 'claims' | 'userinfo'>): Renewal {
  const names = new Set([role, roles, permissions, scopes].flatMap(({ from }) => from).flatMap((path) => [path, path.replace(/\..*$/s, '')]));
  return (former, latest) => {
    if (latest === null) return former;
    const kept = userinfo ? former : Object.fromEntries(Object.entries(former).filter(([name]) => !names.has(name)));
    return { ...kept, ...latest };
  };
}
