import type { Exchange, HeaderList } from '#libs/kernel';
import { LocalTokens } from '../auth/local-tokens.js';
import type { GatewayConfig, RouteConfig } from '../config/index.js';
import type { RouteParts } from './compile.js';

/** A header that tells the service, signed, who is calling. */
export interface InternalToken {
  /** The client's own copy of it must not travel. */
  readonly header: string;
  /** Adds it, where somebody is calling. A promise only where a token has to be made first. */
  readonly add: (exchange: Exchange, headers: HeaderList) => void | Promise<void>;
}

/** Compiles `headers.request.token` of a route; `null` where there is none. */
export function compileInternalToken({ config, name, settings, surroundings }: Pick<RouteParts, 'config' | 'name' | 'settings' | 'surroundings'>): InternalToken | null {
  const { token } = settings.headers.request;
  if (token === 'off') return null;
  const { audience = servicesOf(config.routes[name]), claims, email, header, lifetime } = token;
  const tokenOf = surroundings.resolve<LocalTokens>(LocalTokens).internal({ audience, lifetime, claims, email });
  const prefix = header.toLowerCase() === 'authorization' ? 'Bearer ' : '';
  return {
    header,
    add: ({ principal }, headers) => {
      if (principal === null) return undefined;
      const found = tokenOf(principal);
      if (typeof found === 'string') return headers.set(header, prefix + found);
      return found.then((made) => headers.set(header, prefix + made));
    },
  };
}

const known = new WeakMap<GatewayConfig['routes'], readonly string[]>();

/**
 * Headers in which any route says who is calling: a service that believes one must not get a client's, not even over a
 * route without. Authorization is the client's own.
 */
export function tokenHeaders({ routes }: Pick<GatewayConfig, 'routes'>): readonly string[] {
  const found = known.get(routes) ?? [...new Set(Object.values(routes).flatMap(({ headers: { request: { token } } }) => (token === 'off' ? [] : [token.header.toLowerCase()])))].filter((name) => name !== 'authorization');
  known.set(routes, found);
  return found;
}

/** Every service that the route may ask, in the order of the file. */
function servicesOf(route: RouteConfig | undefined): readonly string[] {
  const { aggregate, fallback, mirror, split, to } = route ?? {};
  const named = [
    to,
    ...Object.values(aggregate?.calls ?? {}).map((call) => call.to),
    ...Object.values(split?.variants ?? {}).map((variant) => variant.to),
    ...(fallback?.chain ?? []).flatMap((standIn) => (typeof standIn === 'object' && 'service' in standIn ? [standIn.service] : [])),
    mirror?.to,
  ];
  return [...new Set(named.filter((service) => service !== undefined))];
}
