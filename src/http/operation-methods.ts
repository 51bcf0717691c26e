import type { RouteOptions } from 'fastify';
import { Problem, problems, type Exchange } from '#libs/kernel';
import { literally } from './pattern-text.js';
import { ENDPOINT_PREFIX } from './server.js';

/** Neither a plugin's, nor the catch-all. */
const OURS = new RegExp(`^/${ENDPOINT_PREFIX}/(?!plugin/)`);

interface Operation {
  readonly path: RegExp;
  readonly methods: readonly string[];
}

/**
 * Which methods the operations of our controllers take. Fastify, asked for one by another method, knows only that there is
 * none; RFC 9110 15.5.6 would have the client told which there are. Controllers of plugins are left out: what of them the
 * file does not mount is nobody's to know.
 */
export class OperationMethods {
  readonly #operations: Operation[] = [];

  /** Fastify's onRoute hook. */
  note({ method, url }: Pick<RouteOptions, 'method' | 'url'>): void {
    if (OURS.test(url)) this.#operations.push({ path: patternOf(url), methods: [method].flat() });
  }

  /** @param url where Fastify was sent to, in vain. */
  missing({ method, path }: Exchange, url: string): Problem {
    const sought = url.replace(/\?.*$/, '');
    const allow = [...new Set(this.#operations.flatMap((operation) => (operation.path.test(sought) ? operation.methods : [])))];
    if (allow.length === 0) return new Problem(problems.routeNotFound, 'There is nothing here');
    const list = allow.join(', ');
    return new Problem(problems.methodNotAllowed, `${method} is not allowed for ${path}; allowed: ${list}.`, { headers: { Allow: list } });
  }
}

/** A path of Fastify's, with `:name` for one segment and `*` for whatever follows. */
function patternOf(url: string): RegExp {
  const parts = url.split(/(:\w+|\*)/).map((part, i) => (i % 2 === 0 ? literally(part) : part === '*' ? '.*' : '[^/]+'));
  return new RegExp(`^${parts.join('')}/?$`);
}
