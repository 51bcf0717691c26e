import type { RouteSettings } from '../config/index.js';
import type { Standing } from './roles.js';

type Authorize = RouteSettings['authorize'];
type Attribute = 'roles' | 'permissions' | 'scopes';

/** One thing a route asks of a caller who is not the superuser. */
export interface Requirement {
  /** What is asked, safe to show: the `required` member of the problem. */
  readonly required: Readonly<Record<string, unknown>>;
  /** The same as a sentence that tells what to do. */
  readonly advice: string;
  /** RFC 6750 3.1: scopes to name in the challenge; `null` when it is not about scopes. */
  readonly scopes: readonly string[] | null;
  met(standing: Standing): boolean;
}

const NOBODY: Requirement = {
  required: {}, advice: 'This route is closed to everyone but the superuser.', scopes: null, met: () => false,
};

/**
 * Compiles `authorize` to what must hold, all of it.
 * @throws Error for an empty list: it would let in nobody (`any`) or everybody (`all`), neither of them on purpose.
 */
export function compileRequirements(authorize: Authorize): readonly Requirement[] {
  if (authorize === 'any') return [];
  if (authorize === 'deny') return [NOBODY];
  return (['roles', 'permissions', 'scopes'] as const).flatMap((attribute) => {
    const asked = authorize[attribute];
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
    advice: `This route needs ${mode === 'any' ? 'one' : 'all'} of the ${attribute} ${names.join(', ')}. Ask for it, or sign in as a caller who has it.`,
    scopes: attribute === 'scopes' ? names : null,
    met: mode === 'any'
      ? (standing) => names.some((name) => held(standing, name))
      : (standing) => names.every((name) => held(standing, name)),
  }];
}

function holder(attribute: Attribute): (standing: Standing, name: string) => boolean {
  switch (attribute) {
    case 'roles': return (standing, name) => standing.roles.has(name);
    case 'permissions': return (standing, name) => standing.principal.permissions.includes(name);
    case 'scopes': return (standing, name) => standing.principal.scopes.includes(name);
    default: return attribute satisfies never;
  }
}
