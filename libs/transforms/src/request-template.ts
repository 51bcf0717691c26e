import type { Exchange } from '#libs/kernel';
import { queryValue } from './query-text.js';
import { compileText, type Getter, type Resolve } from './template.js';

/** What request templates read from. `{target.url}` is known only once a target was picked. */
export type TemplateScope = Exchange;

const FIXED: ReadonlyMap<string, Getter<Exchange>> = new Map<string, Getter<Exchange>>([
  ['principal.id', ({ principal }) => principal?.id],
  ['principal.email', ({ principal }) => principal?.email ?? undefined],
  ['principal.role', ({ principal }) => principal?.roles[0]],
  ['principal.roles', ({ principal }) => principal?.roles],
  ['principal.permissions', ({ principal }) => principal?.permissions],
  ['principal.scopes', ({ principal }) => principal?.scopes],
  ['request.id', ({ id }) => id],
  ['request.method', ({ method }) => method],
  ['request.path', ({ path }) => path],
  ['request.query', ({ query }) => query.slice(1)],
  ['request.host', ({ host }) => host],
  ['request.scheme', ({ scheme }) => scheme],
  // As the client sent it: in its header, or in the query, out of which it was cut.
  ['request.bearer', ({ headers, queryToken }) => /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? queryToken ?? undefined],
  ['request.version', ({ version }) => version ?? undefined],
  ['request.client', ({ client }) => client],
  ['route.name', ({ route }) => route?.name],
  ['service.name', ({ route, service }) => (service ?? route?.service)?.name],
  // The address without its user information.
  ['target.url', ({ target }) => target ? target.url.origin + target.basePath : undefined],
]);

const FAMILIES: readonly (readonly [prefix: string, example: string, build: (rest: string) => Getter<Exchange>])[] = [
  ['principal.claims.', 'principal.claims.<path>', (path) => ({ principal }) => principal ? atPath(principal.claims, path) : undefined],
  ['request.query.', 'request.query.<name>', (name) => ({ query }) => queryValue(query, name)],
  ['request.header.', 'request.header.<name>', headerGetter],
  ['route.labels.', 'route.labels.<name>', (name) => ({ route }) => route?.labels[name]],
  ['params.', 'params.<name>', (name) => ({ params }) => decoded(params[name])],
];

/** Every name a request template may use, for messages and the reference. */
export const REQUEST_VARIABLES: readonly string[] = [...FIXED.keys(), ...FAMILIES.map(([, example]) => example)];

/** The getter of a request variable such as `principal.id`. */
export const requestVariable: Resolve<Exchange> = (name) => {
  const fixed = FIXED.get(name);
  if (fixed) return fixed;
  const family = FAMILIES.find(([prefix]) => name.startsWith(prefix) && name.length > prefix.length);
  return family?.[2](name.slice(family[0].length));
};

/**
 * Compiles text with `{placeholders}` that read the request, as header and query settings use them.
 * @throws TemplateError for an unknown placeholder.
 */
export function compileTemplate(text: string): (scope: TemplateScope) => string {
  return compileText(text, requestVariable, REQUEST_VARIABLES);
}

/** Claims may have dots in their own names (`https://example.org/tenant`), so the whole rest is tried as a name first. */
function atPath(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, path)) return (value as Record<string, unknown>)[path];
  const dot = path.indexOf('.');
  if (dot < 0 || !Object.hasOwn(value, path.slice(0, dot))) return undefined;
  return atPath((value as Record<string, unknown>)[path.slice(0, dot)], path.slice(dot + 1));
}

/** node:http reads fields as Latin-1; where the bytes are UTF-8, the characters they stand for are what is wanted. */
function headerGetter(name: string): Getter<Exchange> {
  const lower = name.toLowerCase();
  return ({ headers }) => {
    const value = headers[lower];
    if (value === undefined) return undefined;
    const text = typeof value === 'string' ? value : value.join(', ');
    const utf8 = Buffer.from(text, 'latin1').toString();
    return utf8.includes('\uFFFD') ? text : utf8;
  };
}

function decoded(param: string | undefined): string | undefined {
  if (param === undefined || !param.includes('%')) return param;
  try {
    return decodeURIComponent(param);
  } catch {
    return param;
  }
}
