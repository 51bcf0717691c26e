import type { Standing } from '../auth/roles.js';
import type { Rights } from '../identity/keys/index.js';

/**
 * What somebody would give away and does not have. The superuser has everything.
 * @param giver `null` where nobody is known, who has nothing.
 */
export function excess({ permissions, roles, scopes }: Rights, giver: Standing | null): Rights {
  if (giver === null) return { roles, permissions, scopes };
  if (giver.superuser) return { roles: [], permissions: [], scopes: [] };
  const isBrought = (name: string): boolean => giver.permissions.has(name) || giver.wildcards.some((start) => name.startsWith(start));
  return {
    roles: roles.filter((role) => !giver.roles.has(role)),
    permissions: permissions.filter((name) => !isBrought(name)),
    scopes: scopes.filter((scope) => !giver.principal.scopes.includes(scope)),
  };
}
