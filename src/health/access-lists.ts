import { rolesIn, rolesSuffice } from '../auth/role-judgement.js';
import { rolesOf } from '../auth/roles.js';
import { allRules, isOpen, type GatewayConfig, type RouteConfig } from '../config/index.js';

/** The paths of routes, without the `**` that stands for what is below. */
export function prefixes(routes: Readonly<Record<string, RouteConfig>>): string[] {
  return shown(Object.values(routes).map(({ match }) => match.path));
}

/** Paths that need no credential, built-in endpoints included. */
export function publicPaths({ routes, endpoints }: GatewayConfig): string[] {
  const open = [...Object.values(routes).map(({ authenticate, match }) => ({ authenticate, paths: match.path })), ...Object.values(endpoints).map(({ authenticate, at }) => ({ authenticate, paths: at }))];
  return shown(open.filter(({ authenticate }) => isOpen(authenticate)).map(({ paths }) => paths));
}

/** Paths whose routes ask for roles, and that a caller with nothing but this role may use. */
export function pathsOfRole(role: string, { routes, roles }: GatewayConfig): string[] {
  const caller = { id: '', email: null, roles: [role], permissions: [], scopes: [], authenticator: '', claims: {}, expiresAt: Number.POSITIVE_INFINITY };
  const standing = rolesOf(roles).standing(caller);
  const may = ({ authorize, authenticate }: RouteConfig): boolean => {
    return authenticate !== 'none' && allRules(authorize).some((rule) => rolesIn(rule).length > 0 && rolesSuffice(rule, standing));
  };
  return shown(Object.values(routes).filter(may).map(({ match }) => match.path));
}

function shown(paths: readonly (readonly string[])[]): string[] {
  return [...new Set(paths.flat().map((path) => path.replace(/\/\*\*$/, '') || '/'))];
}
