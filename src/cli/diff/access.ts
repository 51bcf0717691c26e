import { compileRequirements } from '../../auth/requirement.js';
import { rolesOf } from '../../auth/roles.js';
import { fingerprint, type GatewayConfig, type RouteSettings } from '../../config/index.js';
import { whoMay } from '../who-may.js';
import type { Both } from './both.js';

/** What a route asks of its callers. */
export interface Access {
  /** In words. */
  readonly who: string;
  /** Names in a token that suffice where roles are asked, of those that either file names; empty for a public route. */
  readonly roles: readonly string[];
  /** Authenticators under the names they have in the old file; `none` for a public route. */
  readonly asked: 'none' | readonly string[];
  /** The same for requirements that let in the same callers. */
  readonly key: string;
}

type Asking = Pick<RouteSettings, 'authenticate' | 'authorize'>;

/** Judges what the routes of one of two configurations ask, so that both can be compared. */
export class AccessReader {
  readonly #names: ReadonlyMap<string, string>;

  /** @param universe every role name to try. */
  constructor(private readonly config: GatewayConfig, former: GatewayConfig, private readonly universe: readonly string[]) {
    this.#names = formerNames(config, former);
  }

  read(settings: Asking): Access {
    const who = whoMay(settings);
    if (settings.authenticate === 'none') return { who, roles: [], asked: 'none', key: 'none' };
    const asked = (settings.authenticate ?? Object.keys(this.config.authenticate)).map((name) => this.#names.get(name) ?? name);
    const roles = this.universe.filter((role) => this.#suffices(role, settings.authorize));
    return { who, roles, asked, key: JSON.stringify([asked, roles, this.#beyondOneRole(settings.authorize)]) };
  }

  #suffices(role: string, authorize: RouteSettings['authorize']): boolean {
    const principal = { id: '', email: null, roles: [role], permissions: [], scopes: [], authenticator: '', claims: {}, expiresAt: Number.POSITIVE_INFINITY };
    const standing = rolesOf(this.config.roles).standing(principal);
    const requirements = compileRequirements(typeof authorize === 'string' ? authorize : { roles: authorize.roles });
    return standing.superuser || (standing.known && requirements.every((requirement) => requirement.met(standing)));
  }

  /** What a single role does not show. */
  #beyondOneRole(authorize: RouteSettings['authorize']): unknown {
    const { known, superuser = null } = this.config.roles;
    const needsRole = known !== undefined;
    if (typeof authorize === 'string') return [needsRole, authorize];
    const { permissions = null, roles, scopes = null } = authorize;
    const all = roles && !Array.isArray(roles) ? (roles.all ?? null) : null;
    return permissions === null && scopes === null && all === null ? [needsRole, roles === undefined ? 'any' : 'role'] : [needsRole, permissions, scopes, all, superuser];
  }
}

/** Own names of authenticators to those of the old file: one that only has another name is the same. */
function formerNames({ authenticate }: GatewayConfig, former: GatewayConfig): ReadonlyMap<string, string> {
  const free = Object.entries(former.authenticate).filter(([name]) => !Object.hasOwn(authenticate, name));
  const byValue = new Map(free.map(([name, chosen]) => [fingerprint(chosen), name]));
  return new Map(Object.entries(authenticate).map(([name, chosen]) => [name, Object.hasOwn(former.authenticate, name) ? name : (byValue.get(fingerprint(chosen)) ?? name)]));
}

/** Every role name that one of the files knows. */
export function roleNames(both: Both<GatewayConfig>): string[] {
  return [...new Set([both.old, both.new].flatMap(namedRoles))].sort();
}

function namedRoles({ endpoints, roles: { alias, implies, known = [], superuser }, routes }: GatewayConfig): string[] {
  const asked = [...Object.values(routes), ...Object.values(endpoints)].flatMap(({ authorize }) => {
    if (typeof authorize === 'string' || authorize.roles === undefined) return [];
    return Array.isArray(authorize.roles) ? authorize.roles : [...(authorize.roles.any ?? []), ...(authorize.roles.all ?? [])];
  });
  return [...asked, ...known, ...Object.entries(alias).flat(), ...Object.entries(implies).flatMap(([role, lower]) => [role, ...lower]), ...(superuser === undefined ? [] : [superuser])];
}
