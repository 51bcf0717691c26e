import { Problem, problems, type Exchange } from '#libs/kernel';
import { cookieValue } from '#libs/balancing';
import type { IdentityConfig } from '../../config/index.js';
import { compileSameOrigin } from '../../http/same-origin.js';
import type { Grant } from '../contracts.js';

/** A refresh token that scripts on a page never see. A controller that answers with a grant puts it into `Set-Cookie`. */
export interface RefreshCookie {
  /** The grant as the body may tell it: without its refresh token, unless the file wants it there too. */
  told(grant: Grant): Partial<Grant>;
  /** Value of `Set-Cookie` that brings the grant’s refresh token (RFC 6265 4.1). */
  set(grant: Grant): string;
  /** Value of `Set-Cookie` that takes it away. */
  readonly cleared: string;
  /**
   * The token that came along; `null` for none.
   * @throws Problem cross-site where one came, but no page of this origin sent it, or another came beside it.
   */
  read(exchange: Exchange): string | null;
}

/**
 * What the file says of the cookie; `null` where it says nothing.
 * @throws Error when one of `origins` is none.
 */
export function compileRefreshCookie({ refresh: { cookie } }: Pick<IdentityConfig, 'refresh'>): RefreshCookie | null {
  if (cookie === undefined) return null;
  const { body, name, origins, path, sameSite } = cookie;
  const check = compileSameOrigin(origins);
  const attributes = `; Path=${path}; HttpOnly; Secure; SameSite=${sameSite === 'strict' ? 'Strict' : 'Lax'}`;
  return {
    told: (grant) => (body === 'with' ? grant : withoutToken(grant)),
    set: ({ refreshExpiresIn, refreshToken }) => `${name}=${refreshToken}; Max-Age=${refreshExpiresIn}${attributes}`,
    cleared: `${name}=; Max-Age=0${attributes}`,
    read(exchange) {
      const value = cookieValue(exchange.headers.cookie, name);
      if (value === '') return null;
      check(exchange);
      if (isTwice(exchange.headers.cookie, name, value)) throw new Problem(problems.crossSite, 'Two different refresh tokens came as cookies; another site below the same domain may have put one there.');
      return value;
    },
  };
}

/** RFC 6265 8.6: a neighbour below the same domain can set a cookie of this name too, and nothing tells them apart. */
function isTwice(header: string | undefined, name: string, value: string): boolean {
  return (header ?? '').split(';').some((pair) => pair.trim().startsWith(`${name}=`) && pair.trim().slice(name.length + 1) !== value);
}

function withoutToken({ refreshToken: _kept, ...told }: Grant): Partial<Grant> {
  return told;
}
