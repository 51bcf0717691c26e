import { Answer, HeaderList, type Exchange } from '#libs/kernel';
import type { RouteSettings } from '../config/index.js';
import { compileOrigins } from './origins.js';
import { addVary } from './vary.js';

type Setting = Exclude<RouteSettings['cors'], 'off'>;

/** Cross-origin access as the Fetch standard defines it, ready for one route. */
export interface Cors {
  /** Called on every answer, refusals included: without these fields a script cannot even read the refusal. */
  head(exchange: Exchange, headers: HeaderList): void;
  /** The answer to a preflight; `null` when the request is none. */
  preflight(exchange: Exchange): Answer | null;
  /** The service's own CORS fields are dropped. */
  readonly stripUpstream: boolean;
}

// What a list of header names may hold (RFC 9110 5.6.2); anything else is not echoed.
const NAMES = /^[\w!#$%&'*+.^`|~ ,-]{1,4096}$/;
const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/** A browser asks whether it may send the real request. */
export function isPreflight(exchange: Exchange): boolean {
  return exchange.method === 'OPTIONS'
    && exchange.headers.origin !== undefined
    && exchange.headers['access-control-request-method'] !== undefined;
}

/** Drops every `Access-Control-*` field. */
export function dropCorsHeaders({ flat }: HeaderList): void {
  let write = 0;
  for (let read = 0; read < flat.length; read += 2) {
    const name = flat[read] as string;
    if (name.length > 15 && name.charCodeAt(6) === HYPHEN && name.slice(0, 15).toLowerCase() === 'access-control-') continue;
    flat[write] = name;
    flat[write + 1] = flat[read + 1] as string;
    write += 2;
  }
  flat.length = write;
}

/**
 * Compiles `cors`; `null` where it is off. An origin that is not allowed gets the answer without CORS fields: the
 * browser refuses, other clients are not concerned.
 * @throws Error when an origin of the list cannot be understood.
 */
export function compileCors(setting: RouteSettings['cors']): Cors | null {
  if (setting === 'off') return null;
  const allow = compileAllow(setting);
  const expose = setting.expose.join(', ');
  return {
    stripUpstream: setting.upstream === 'strip',
    preflight: compilePreflight(setting, allow),
    head: (exchange, headers) => {
      if (allow(exchange, headers) && expose !== '') headers.set('Access-Control-Expose-Headers', expose);
    },
  };
}

/** Writes who is allowed; `false` when the origin is not, or when the service said it itself and that is kept. */
type Allow = (exchange: Exchange, headers: HeaderList) => boolean;

function compileAllow({ origins: list, credentials, upstream }: Setting): Allow {
  const origins = compileOrigins(list);
  const onlyAny = origins.any && (!credentials || list.every((origin) => origin === '*'));
  const keep = upstream === 'keep';
  return (exchange, headers) => {
    // The answer is the same for every origin, so caches may share it.
    if (!onlyAny) addVary(headers, 'Origin');
    if (keep && headers.get('access-control-allow-origin') !== undefined) return false;
    const { origin } = exchange.headers;
    if (!onlyAny && origin !== undefined && origins.lists(origin)) {
      headers.set('Access-Control-Allow-Origin', origin);
      if (credentials) headers.set('Access-Control-Allow-Credentials', 'true');
      return true;
    }
    // Never together with credentials: any site could act for the user.
    if (origins.any) headers.set('Access-Control-Allow-Origin', '*');
    return origins.any;
  };
}

function compilePreflight(setting: Setting, allow: Allow): Cors['preflight'] {
  const methods = setting.methods.join(', ');
  const listed = setting.headers === 'echo' ? null : setting.headers.join(', ');
  const maxAge = String(Math.floor(setting.maxAge / 1_000));
  return (exchange) => {
    if (!isPreflight(exchange)) return null;
    const headers = new HeaderList(['Vary', PREFLIGHT_VARY]);
    if (!allow(exchange, headers)) return new Answer(204, headers);
    headers.append('Access-Control-Allow-Methods', methods);
    const names = listed ?? exchange.headers['access-control-request-headers'];
    if (names !== undefined && NAMES.test(names)) headers.append('Access-Control-Allow-Headers', names);
    headers.append('Access-Control-Max-Age', maxAge);
    return new Answer(204, headers);
  };
}

const HYPHEN = 45;
