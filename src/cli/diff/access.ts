import { compileRequirements } from '../../auth/requirement.js';
import { rolesIn, rolesSuffice } from '../../auth/role-judgement.js';
import { rolesOf, type Standing } from '../../auth/roles.js';
import { allRules, askedOf, fingerprint, namesAsked, ruleBeside, rulesByMethod, type GatewayConfig, type RouteSettings, type RuleConfig } from '../../config/index.js';
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
  /** Whether whoever is recognised by none of them is let in as well. */
  readonly open: boolean;
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

  /** What a route asks, by method. */
  read({ authenticate, authorize }: Asking): (method: string) => Access {
    const beside = this.#read(authenticate, ruleBeside(authorize));
    const byMethod = new Map([...rulesByMethod(authorize)].map(([method, rule]) => [method, this.#read(authenticate, rule)]));
    return (method) => byMethod.get(method) ?? beside;
  }

  #read(authenticate: RouteSettings['authenticate'], rule: RuleConfig): Access {
    const who = whoMay({ authenticate, authorize: rule });
    const everyone = Object.keys(this.config.authenticate);
    const settings = askedOf(authenticate, everyone);
    if (settings === null) return { who, roles: [], asked: 'none', open: true, key: 'none' };
    const former = (names: readonly string[]): readonly string[] => names.map((name) => this.#names.get(name) ?? name);
    const roles = this.universe.filter((role) => this.#suffices(role, rule));
    const { all, any, optional } = settings;
    const open = optional && compileRequirements(rule).length === 0;
    const asked = former(namesAsked(authenticate, everyone));
    return { who, roles, asked, open, key: JSON.stringify([former(any), former(all), open, roles, this.#beyondOneRole(rule)]) };
  }

  #standing(role: string): Standing {
    const principal = { id: '', email: null, roles: [role], permissions: [], scopes: [], authenticator: '', claims: {}, expiresAt: Number.POSITIVE_INFINITY };
    return rolesOf(this.config.roles).standing(principal);
  }

  #suffices(role: string, rule: RuleConfig): boolean {
    const standing = this.#standing(role);
    return standing.superuser || (standing.known && rolesSuffice(rule, standing));
  }

  /** What a single role does not show. */
  #beyondOneRole(rule: RuleConfig): unknown {
    const { known, superuser = null } = this.config.roles;
    const needsRole = known !== undefined;
    if (typeof rule === 'string') return [needsRole, rule];
    const { anyOf = null, owner = null, permissions = null, roles, scopes = null } = rule;
    const all = roles && !Array.isArray(roles) ? (roles.all ?? null) : null;
    const beyond = [permissions, scopes, all, owner, anyOf];
    if (beyond.every((asked) => asked === null)) return [needsRole, roles === undefined ? 'any' : 'role'];
    return [needsRole, ...beyond, superuser, this.#permitted(rule)];
  }

  /** Roles that bring the permissions a rule asks for. */
  #permitted({ anyOf = [], permissions }: Exclude<RuleConfig, string>): unknown {
    const requirements = permissions === undefined ? null : compileRequirements({ permissions });
    const roles = requirements && this.universe.filter((role) => requirements.every((requirement) => requirement.met(this.#standing(role), {})));
    return [roles, ...anyOf.map((alternative) => this.#permitted(alternative))];
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

function namedRoles({ endpoints, roles: { alias, implies, known = [], permissions = {}, superuser }, routes }: GatewayConfig): string[] {
  const asked = [...Object.values(routes), ...Object.values(endpoints)].flatMap(({ authorize }) => allRules(authorize).flatMap(rolesIn));
  return [...asked, ...known, ...Object.keys(permissions), ...Object.entries(alias).flat(), ...Object.entries(implies).flatMap(([role, lower]) => [role, ...lower]), ...(superuser === undefined ? [] : [superuser])];
}
