import type { RouteSettings } from '../config/index.js';

type Authorize = RouteSettings['authorize'];

/** Who may use a route, in a few words: `public`, `anyone`, `admin or teacher`. */
export function whoMay({ authenticate, authorize }: Pick<RouteSettings, 'authenticate' | 'authorize'>): string {
  return authenticate === 'none' ? 'public' : `${demanded(authorize)} (${(authenticate ?? []).join(', ')})`;
}

/** What is asked of a caller who is known. */
export function demanded(authorize: Authorize): string {
  if (authorize === 'any') return 'anyone known';
  if (authorize === 'deny') return 'nobody but the superuser';
  const parts = (['roles', 'permissions', 'scopes'] as const).flatMap((attribute) => {
    const asked = authorize[attribute];
    if (asked === undefined) return [];
    const { any, all } = Array.isArray(asked) ? { any: asked, all: undefined } : asked;
    const noun = attribute === 'roles' ? '' : `${attribute} `;
    return [...(any ? [noun + any.join(' or ')] : []), ...(all ? [noun + all.join(' and ')] : [])];
  });
  return parts.length === 0 ? 'anyone known' : parts.join('; ');
}
