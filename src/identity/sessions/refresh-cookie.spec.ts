import { Exchange } from '#libs/kernel';
import { identitySchema } from '../../config/schema/identity.js';
import type { Account, Grant } from '../contracts.js';
import { compileRefreshCookie, type RefreshCookie } from './refresh-cookie.js';

const cookieOf = (cookie: object): RefreshCookie => compileRefreshCookie(identitySchema.parse({ refresh: { cookie } })) as RefreshCookie;
const grant: Grant = { account: { id: 'ada' } as Account, session: 's', accessToken: 'a', expiresIn: 900, refreshToken: 'prt_x', refreshExpiresIn: 604_800 };

function asked(headers: Record<string, string>): Exchange {
  const exchange = new Exchange({ method: 'POST', path: '/auth/refresh', query: '', headers, rawHeaders: [], startedAt: 0 });
  return Object.assign(exchange, { scheme: 'https', host: 'api.example.org' });
}

describe('the refresh token as a cookie', () => {
  it('is none unless the file says so', () => {
    expect(compileRefreshCookie(identitySchema.parse({}))).toBeNull();
    expect(identitySchema.safeParse({ refresh: { cookie: {} } }).success).toBe(false);
    expect(identitySchema.safeParse({ refresh: { cookie: { path: '/auth', origins: ['https://*'] } } }).success).toBe(false);
  });

  it.each([
    [{ path: '/auth' }, 'passerelle_refresh=prt_x; Max-Age=604800; Path=/auth; HttpOnly; Secure; SameSite=Strict'],
    [{ path: '/', name: '__Host-refresh', sameSite: 'lax' }, '__Host-refresh=prt_x; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax'],
  ])('%j is set as %s', (config, text) => {
    const cookie = cookieOf(config);
    expect(cookie.set(grant)).toBe(text);
    expect(cookie.cleared).toBe(text.replace('prt_x', '').replace('604800', '0'));
  });

  it('is not in the body, unless the file wants it there too', () => {
    expect(cookieOf({ path: '/auth' }).told(grant)).not.toHaveProperty('refreshToken');
    expect(cookieOf({ path: '/auth', body: 'with' }).told(grant)).toEqual(grant);
  });

  it.each([
    ['its own page', { origin: 'https://api.example.org', cookie: 'a=b; passerelle_refresh=prt_x; c=d' }, 'prt_x'],
    ['a page that is named', { origin: 'https://app.example.org', cookie: 'passerelle_refresh=prt_x' }, 'prt_x'],
    ['another page', { origin: 'https://evil.example.net', cookie: 'passerelle_refresh=prt_x' }, 'cross-site'],
    ['its own page, with one that a neighbour put beside it', { origin: 'https://api.example.org', cookie: 'passerelle_refresh=prt_evil; a=b; passerelle_refresh=prt_x' }, 'cross-site'],
    ['its own page, with the same one twice', { origin: 'https://api.example.org', cookie: 'passerelle_refresh=prt_x; passerelle_refresh=prt_x' }, 'prt_x'],
    ['nobody knows whom', { cookie: 'passerelle_refresh=prt_x' }, 'cross-site'],
    ['another page without it', { origin: 'https://evil.example.net', cookie: 'not_passerelle_refresh=prt_x' }, null],
  ])('from %s', (_whom, headers, outcome) => {
    const cookie = cookieOf({ path: '/auth', origins: ['https://app.example.org'] });
    const read = (): unknown => {
      try {
        return cookie.read(asked(headers));
      } catch (problem) {
        return (problem as { type: { code: string } }).type.code;
      }
    };
    expect(read()).toBe(outcome);
  });
});
