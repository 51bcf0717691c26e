import { Problem, problems, type Exchange } from '#libs/kernel';
import { compilePathTemplate, type RewritePath } from './path-template.js';
import { TemplateError } from './template.js';

/** `path:` of a route. `template` is the whole new path, so beside it `strip` and `replace` have no effect. */
export type PathSettings =
  | 'keep'
  | {
      readonly strip?: number | string | undefined;
      readonly prefix?: string | undefined;
      readonly replace?: { readonly from: string; readonly to: string } | undefined;
      readonly template?: string | undefined;
    };

export type TrailingSlash = 'keep' | 'add' | 'strip';

/** What the router refuses from clients; a rewrite must not bring it back, e.g. by cutting `x` out of `/.x./`. */
const UNSAFE = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|;|%3b|$)|%(?:2f|5c|7f|[01][0-9a-f])|[\\?#]|[^!-~]/i;

const SLASH: Readonly<Record<TrailingSlash, RewritePath | null>> = {
  keep: null,
  add: (path) => (path.endsWith('/') ? path : `${path}/`),
  strip: (path) => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path),
};

/**
 * Compiles the edits of `exchange.outgoing.path` and its method. The path always starts with one slash, never has two
 * in a row and gains no dot segment.
 * @param params Names the route's patterns capture; a template that uses another one is refused. Omit it to skip that.
 * @returns `null` when there is nothing to do. The edit throws the problem unsafe-path for a path it must not send.
 * @throws TemplateError for an unknown placeholder or text that cannot stand in a path.
 */
export function compilePath(
  path: PathSettings, trailingSlash: TrailingSlash, method?: string, params?: readonly string[],
): ((exchange: Exchange) => void) | null {
  const slash = SLASH[trailingSlash];
  const steps = [...(path === 'keep' ? [] : compileSteps(path, params)), ...(slash ? [slash] : [])];
  if (steps.length === 0 && method === undefined) return null;
  return (exchange) => {
    const { outgoing } = exchange;
    if (!outgoing) return;
    for (const step of steps) outgoing.path = step(outgoing.path, exchange);
    if (method !== undefined) outgoing.method = method;
  };
}

function compileSteps(settings: Exclude<PathSettings, 'keep'>, params: readonly string[] | undefined): RewritePath[] {
  const { strip, prefix, replace, template } = settings;
  const steps: RewritePath[] = [];
  if (template !== undefined) steps.push(checked(compilePathTemplate(plain(template, 'template'), params)));
  else if (typeof strip === 'number') steps.push((path) => withoutSegments(path, strip));
  else if (strip !== undefined) steps.push(stripPrefix(plain(strip, 'strip')));
  if (prefix !== undefined) steps.push(addPrefix(plain(prefix, 'prefix')));
  if (template === undefined && replace !== undefined) steps.push(checked(replaceText(replace.from, plain(replace.to, 'replace'))));
  return steps;
}

/** Drops leading segments; a path that has no more is `/`. */
function withoutSegments(path: string, count: number): string {
  let start = 0;
  for (let i = 0; i < count; i++) {
    start = path.indexOf('/', start + 1);
    if (start < 0) return '/';
  }
  return path.slice(start);
}

function stripPrefix(prefix: string): RewritePath {
  const bare = prefix.replace(/\/+$/, '');
  return (path) => (isBelow(path, bare) ? path.slice(bare.length) || '/' : path);
}

function addPrefix(prefix: string): RewritePath {
  const bare = prefix.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  return (path) => (path === '/' && bare !== '' ? bare : bare + path);
}

function replaceText(from: string, to: string): RewritePath {
  return (path) => {
    const at = path.indexOf(from);
    return at < 0 ? path : path.slice(0, at) + to + path.slice(at + from.length);
  };
}

function checked(rewrite: RewritePath): RewritePath {
  return (path, exchange) => {
    const rewritten = `/${rewrite(path, exchange)}`.replaceAll(/\/{2,}/g, '/');
    if (rewritten !== path && UNSAFE.test(rewritten)) throw new Problem(problems.unsafePath, 'The path rewritten for the service is not safe to send');
    return rewritten;
  };
}

/** Whether a path is a prefix itself or lies below it; `/api/v10` is not below `/api/v1`. */
export function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path.charAt(prefix.length) === '/');
}

function plain(text: string, key: string): string {
  if (UNSAFE.test(text.replaceAll(/\{[^{}]*\}/g, 'x'))) throw new TemplateError(`path.${key}: "${text}" cannot stand in a path; percent-encode it, without "?", "#", "\\" or dot segments`);
  return text;
}
