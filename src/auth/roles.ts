import type { Principal } from '#libs/kernel';
import type { RolesConfig } from '../config/index.js';

/** A principal in the light of the file's `roles`. */
export interface Standing {
  /** With aliases resolved, and the permissions its roles bring. */
  readonly principal: Principal;
  /** Its roles and all that they imply. */
  readonly roles: ReadonlySet<string>;
  /** Its own and those of its roles, by name. */
  readonly permissions: ReadonlySet<string>;
  /** What permissions begin with that its roles bring whole: `grades:` for `grades:*`. */
  readonly wildcards: readonly string[];
  readonly superuser: boolean;
  /** Whether one of its roles is known, where the file lists them. */
  readonly known: boolean;
}

const compiled = new WeakMap<RolesConfig, Roles>();

/** What the file says about roles, compiled once per configuration however many routes ask. */
export function rolesOf(config: RolesConfig): Roles {
  const roles = compiled.get(config) ?? new Roles(config);
  compiled.set(config, roles);
  return roles;
}

/** Aliases, ladder, permissions, superuser and known roles. */
export class Roles {
  readonly #alias: ReadonlyMap<string, string>;
  readonly #closure: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #permissions: ReadonlyMap<string, readonly string[]>;
  readonly #superuser: string | null;
  readonly #known: readonly string[] | null;
  // Authenticators hand out the same principal for a remembered token, so its standing is computed once as well.
  readonly #standings = new WeakMap<Principal, Standing>();

  /** @throws Error when roles imply each other in a circle, or an alias leads to an alias. */
  constructor(config: RolesConfig) {
    this.#alias = readAliases(config.alias);
    this.#closure = close(config.implies);
    this.#permissions = new Map(Object.entries(config.permissions ?? {}));
    this.#superuser = config.superuser ?? null;
    this.#known = config.known ?? null;
  }

  standing(principal: Principal): Standing {
    const earlier = this.#standings.get(principal);
    if (earlier !== undefined) return earlier;
    const standing = this.#judge(principal);
    this.#standings.set(principal, standing);
    return standing;
  }

  #judge(given: Principal): Standing {
    const renamed = this.#renamed(given);
    const roles = new Set<string>();
    for (const role of renamed.roles) {
      for (const implied of this.#closure.get(role) ?? [role]) roles.add(implied);
    }
    const brought = [...roles].flatMap((role) => this.#permissions.get(role) ?? []);
    const permissions = new Set([...renamed.permissions, ...brought]);
    return Object.freeze({
      principal: brought.length === 0 ? renamed : Object.freeze({ ...renamed, permissions: Object.freeze([...permissions]) }),
      roles,
      permissions,
      // A `*` that a token brings is none of the file's, and means nothing.
      wildcards: [...new Set(brought)].filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
      superuser: this.#superuser !== null && roles.has(this.#superuser),
      known: this.#known === null || this.#known.some((role) => roles.has(role)),
    });
  }

  #renamed(principal: Principal): Principal {
    if (!principal.roles.some((role) => this.#alias.has(role))) return principal;
    const roles = [...new Set(principal.roles.map((role) => this.#alias.get(role) ?? role))];
    return Object.freeze({ ...principal, roles: Object.freeze(roles) });
  }
}

function readAliases(alias: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const aliases = new Map(Object.entries(alias));
  for (const [from, to] of aliases) {
    if (aliases.has(to)) throw new Error(`roles.alias: "${from}" leads to "${to}", which is an alias itself; name the role it stands for`);
  }
  return aliases;
}

/** Every role of the ladder to itself and all below it. */
function close(implies: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, ReadonlySet<string>> {
  const below = new Map(Object.entries(implies));
  const closure = new Map<string, ReadonlySet<string>>();
  const visit = (role: string, trail: readonly string[]): ReadonlySet<string> => {
    if (trail.includes(role)) throw new Error(`roles.implies goes round in a circle: ${[...trail.slice(trail.indexOf(role)), role].join(' > ')}`);
    const done = closure.get(role);
    if (done) return done;
    const all = new Set([role]);
    for (const lower of below.get(role) ?? []) for (const each of visit(lower, [...trail, role])) all.add(each);
    closure.set(role, all);
    return all;
  };
  for (const role of below.keys()) visit(role, []);
  return closure;
}
