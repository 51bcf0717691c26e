import type { CacheRecord, StoredResponse } from '#libs/http-cache';
import { Exchange, type Principal } from '#libs/kernel';

/** A response that was asked for and came at a moment. */
export function stored(body: string | Buffer = '', { at = 0, ...rest }: Partial<StoredResponse> & { readonly at?: number } = {}): Extract<CacheRecord, { kind: 'response' }> {
  return {
    kind: 'response',
    response: { status: 200, headers: ['Content-Type', 'text/plain'], body: Buffer.from(body), trailers: null, requestTime: at, responseTime: at, vary: {}, tags: [], ...rest },
  };
}

/** A request, e.g. for `https://a.org/b?c=1`. */
export function asked(url: string, { headers = {}, method = 'GET', principal = null }: Partial<Pick<Exchange, 'headers' | 'method' | 'principal'>> = {}): Exchange {
  const [, scheme, host, path, query = ''] = /^(https?):\/\/([^/]*)(\/[^?]*)(\?.*)?$/.exec(url) as RegExpExecArray;
  const exchange = new Exchange({ method, path: path as string, query, headers, rawHeaders: [], startedAt: 0 });
  exchange.scheme = scheme as 'http' | 'https';
  exchange.host = host as string;
  exchange.principal = principal;
  return exchange;
}

export function somebody(id: string, authenticator = 'users'): Principal {
  return { id, authenticator, email: null, roles: [], permissions: [], scopes: [], claims: {}, expiresAt: Number.POSITIVE_INFINITY };
}
