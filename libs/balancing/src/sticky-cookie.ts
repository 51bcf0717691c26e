import { createHash } from 'node:crypto';
import { defineBalancer, type Exchange, type Target } from '#libs/kernel';
import { cookieValue } from './cookies.js';
import { p2c } from './p2c.js';
import { stickyOptions, type StickyOptions } from './sticky-options.js';

/**
 * Keeps a client with the target that answered it first, by a cookie. The cookie only routes: who makes one up gets to a
 * target that they could have got anyway.
 */
export const stickyCookie = defineBalancer({
  name: 'sticky-cookie',
  schema: stickyOptions,
  create: (options, surroundings) => {
    const valueOf = compileValue(options, surroundings.name ?? '');
    const first = p2c.create({}, surroundings);
    const attributes = { http: attributesOf(options, 'http'), https: attributesOf(options, 'https') };
    return {
      pick(candidates, exchange) {
        const wanted = cookieValue(exchange.headers.cookie, options.name);
        if (wanted !== '') {
          const { priority } = candidates[0] as Target;
          for (const target of stickable(candidates, exchange)) {
            if (target.available && target.priority === priority && valueOf(target) === wanted) return target;
          }
        }
        return first.pick(candidates, exchange);
      },
      answered(exchange, { headers }) {
        const value = valueOf(exchange.target as Target);
        if (cookieValue(exchange.headers.cookie, options.name) === value) return;
        headers.append('set-cookie', `${options.name}=${value}${attributes[exchange.scheme]}`);
      },
    };
  },
});

/**
 * The cookie counts more than the gateway's own zone: gateways of two zones would else hand a client to and fro. A
 * retry keeps to the targets that are left to it.
 */
function stickable(candidates: readonly Target[], { failed, route, service }: Exchange): readonly Target[] {
  return failed.length === 0 ? (service ?? route?.service)?.targets ?? candidates : candidates;
}

/** The same after a restart and on other gateways, and opaque: 96 bits of a hash over service and address. */
function compileValue({ salt }: StickyOptions, service: string): (target: Target) => string {
  const values = new WeakMap<Target, string>();
  return (target) => {
    const known = values.get(target);
    if (known !== undefined) return known;
    const text = JSON.stringify(['passerelle target', salt?.reveal() ?? '', service, target.url.origin, target.basePath]);
    const value = createHash('sha256').update(text).digest('base64url').slice(0, 16);
    values.set(target, value);
    return value;
  };
}

/** RFC 6265 4.1. Scripts have no use for it, so it is always HttpOnly. */
function attributesOf({ maxAge, path, sameSite, secure }: StickyOptions, scheme: Exchange['scheme']): string {
  const age = maxAge === undefined ? '' : `; Max-Age=${Math.ceil(maxAge / 1_000)}`;
  const safe = secure === 'auto' ? scheme === 'https' || sameSite === 'none' : secure;
  return `${age}; Path=${path}; HttpOnly; SameSite=${SAME_SITE[sameSite]}${safe ? '; Secure' : ''}`;
}

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const;
