import type { Principal } from '#libs/kernel';
import type { OwnerConfig, RuleConfig } from '../config/index.js';
import { compilePath } from './jwt/claim-path.js';
import type { Standing } from './roles.js';

type Attribute = 'roles' | 'permissions' | 'scopes';
type Named = Exclude<RuleConfig, string>;
/** Values of `:name` segments, percent-encoding kept. */
type Params = Readonly<Record<string, string>>;

/** One thing a route asks of a caller who is not the superuser. */
export interface Requirement {
  /** What is asked, safe to show: the `required` member of the problem. */
  readonly required: Readonly<Record<string, unknown>>;
  /** The same in words, after "this route needs". */
  readonly asks: string;
  /** RFC 6750 3.1: scopes to name in the challenge; `null` when it is not about scopes. */
  readonly scopes: readonly string[] | null;
  met(standing: Standing, params: Params): boolean;
}

const NOBODY: Requirement = { required: {}, asks: 'the superuser', scopes: null, met: () => false };

/**
 * Compiles one rule of `authorize` to what must hold, all of it.
 * @throws Error for an empty list: it would let in nobody (`any`) or everybody (`all`), neither of them on purpose.
 */
export function compileRequirements(rule: RuleConfig): readonly Requirement[] {
  if (rule === 'any') return [];
  if (rule === 'deny') return [NOBODY];
  const { anyOf, owner } = rule;
  return [...compileNames(rule), ...(owner === undefined ? [] : [ownership(owner)]), ...(anyOf === undefined ? [] : [alternatives(anyOf)])];
}

/** What to tell a caller who does not meet it. */
export function adviceOn({ asks }: Requirement): string {
  if (asks === NOBODY.asks) return 'This route is closed to everyone but the superuser.';
  return `This route needs ${asks}. Ask for it, or sign in as a caller who has it.`;
}

function compileNames(rule: Pick<Named, Attribute>): readonly Requirement[] {
  return (['roles', 'permissions', 'scopes'] as const).flatMap((attribute) => {
    const asked = rule[attribute];
    if (asked === undefined) return [];
    const { any, all } = Array.isArray(asked) ? { any: asked, all: undefined } : asked;
    return [...requirement(attribute, 'any', any), ...requirement(attribute, 'all', all)];
  });
}

function requirement(attribute: Attribute, mode: 'any' | 'all', names: readonly string[] | undefined): Requirement[] {
  if (names === undefined) return [];
  if (names.length === 0) throw new Error(`authorize.${attribute}: the list is empty; name some, or write \`authorize: deny\``);
  const held = holder(attribute);
  return [{
    required: { [attribute]: { [mode]: names } },
    asks: `${mode === 'any' ? 'one' : 'all'} of the ${attribute} ${names.join(', ')}`,
    scopes: attribute === 'scopes' ? names : null,
    met: mode === 'any'
      ? (standing) => names.some((name) => held(standing, name))
      : (standing) => names.every((name) => held(standing, name)),
  }];
}

function holder(attribute: Attribute): (standing: Standing, name: string) => boolean {
  switch (attribute) {
    case 'roles': return (standing, name) => standing.roles.has(name);
    case 'permissions': return ({ permissions, wildcards }, name) => permissions.has(name) || wildcards.some((start) => name.startsWith(start));
    case 'scopes': return (standing, name) => standing.principal.scopes.includes(name);
    default: return attribute satisfies never;
  }
}

/** One of several lists, each of which must hold whole. */
function alternatives(rules: NonNullable<Named['anyOf']>): Requirement {
  const lists = rules.map((rule, index) => {
    const list = compileRequirements(rule);
    if (list.length === 0) throw new Error(`authorize.anyOf[${index}]: it asks for nothing, so everyone would meet it`);
    return list;
  });
  return {
    required: { anyOf: lists.map(together) },
    asks: lists.map((list) => list.map(({ asks }) => asks).join(' and ')).join(', or '),
    scopes: null,
    met: (standing, params) => lists.some((list) => list.every((each) => each.met(standing, params))),
  };
}

/** What a list asks, as one object. */
function together(list: readonly Requirement[]): Readonly<Record<string, unknown>> {
  const all: Record<string, object> = {};
  for (const { required } of list) for (const [name, asked] of Object.entries(required)) all[name] = { ...all[name], ...(asked as object) };
  return all;
}

/** A segment of the path that is the caller's id, or a claim of theirs. */
function ownership(owner: OwnerConfig): Requirement {
  const { param, claim } = typeof owner === 'string' ? { param: owner, claim: undefined } : owner;
  const own = claim === undefined ? ({ id }: Principal): unknown => id : claimOf(claim);
  return {
    required: { owner: claim === undefined ? { param } : { param, claim } },
    asks: `your own ${claim ?? 'id'} as :${param}`,
    scopes: null,
    met: ({ principal }, params) => {
      const segment = decoded(params[param]);
      return segment !== '' && isIt(own(principal), segment);
    },
  };
}

function claimOf(path: string): (principal: Principal) => unknown {
  const read = compilePath(path);
  return ({ claims }) => read(claims);
}

/** Text, or a number as an issuer may write ids; of a list, one item. Beyond 2^53 JSON.parse made one number of several. */
function isIt(value: unknown, segment: string): boolean {
  if (typeof value === 'string') return value === segment;
  if (typeof value === 'number') return Number.isSafeInteger(value) && String(value) === segment;
  return Array.isArray(value) && value.some((item) => !Array.isArray(item) && isIt(item, segment));
}

/** Read once, as the service will; empty for what is no segment or cannot be read. */
function decoded(segment: unknown): string {
  if (typeof segment !== 'string') return '';
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
