import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Exchange, Problem, problems } from '#libs/kernel';
import { identitySchema } from '../../config/schema/identity.js';
import { hasBody, RequestBody } from '../../http/request-body.js';
import type { SignedIn } from '../contracts.js';
import { shapesOf } from '../shapes.js';
import { leavingOf, presentedIn } from './presented.js';
import { compileRefreshCookie } from './refresh-cookie.js';

const plain = identitySchema.parse({ fields: { refreshToken: ['refresh_token', 'refreshToken'] } });
const cookies = identitySchema.parse({ refresh: { cookie: { path: '/auth' } } });
const HERE = 'https://api.example.org';
const JSON_TYPE = { 'content-type': 'application/json' };
const COOKIE = { cookie: 'passerelle_refresh=prt_c', origin: HERE };

/** What an access token is worth, by what it says. */
async function signedIn(exchange: Exchange): Promise<SignedIn> {
  const text = exchange.headers.authorization ?? '';
  if (text === 'Bearer good') return Promise.resolve({ principal: null as never, account: 'ada', session: 's-1' });
  const type = { '': problems.unauthenticated, 'Bearer revoked': problems.revokedCredential, 'Bearer old': problems.expiredCredential, 'Bearer lost': problems.databaseAway }[text] ?? problems.invalidCredential;
  return Promise.reject(new Problem(type, 'no'));
}

describe('what comes with a request', () => {
  let server: Server;
  let url: string;
  /** Does what is asked for by the path: `/refresh` or `/logout`, and `/cookies/...` with cookies. */
  beforeAll(async () => {
    server = createServer((request, response) => {
      const exchange = new Exchange({ method: 'POST', path: '/', query: '', headers: request.headers, rawHeaders: [], startedAt: 0 });
      Object.assign(exchange, { scheme: 'https', host: 'api.example.org', body: hasBody(request) ? new RequestBody(request, response, exchange) : null });
      const config = request.url?.startsWith('/cookies') ? cookies : plain;
      const sessions = { cookie: compileRefreshCookie(config) };
      const shapes = shapesOf(config);
      const work = request.url?.endsWith('/refresh')
        ? presentedIn(exchange, sessions, shapes)
        : leavingOf(exchange, { sessions, shapes, signedIn: () => signedIn(exchange) }).then(({ refreshToken, ...rest }) => ({ refreshToken, session: rest.signedIn?.session ?? null }));
      void work.catch((error: unknown) => (error instanceof Problem ? error.type.code : String(error))).then((told) => response.end(JSON.stringify(told)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const ask = async (path: string, headers: Record<string, string>, body?: string): Promise<unknown> =>
    (await fetch(url + path, { method: 'POST', headers, ...(body !== undefined && { body }) })).json();

  it.each([
    ['/refresh', JSON_TYPE, '{"refresh_token":"prt_b"}', { by: 'body', refreshToken: 'prt_b' }],
    ['/refresh', JSON_TYPE, '{"refreshToken":"prt_b"}', { by: 'body', refreshToken: 'prt_b' }],
    ['/refresh', JSON_TYPE, '{"refresh_token":7}', 'unprocessable'],
    ['/refresh', JSON_TYPE, `{"refresh_token":"${'x'.repeat(513)}"}`, 'unprocessable'],
    ['/refresh', JSON_TYPE, '{', 'invalid-body'],
    ['/refresh', JSON_TYPE, '[]', 'unprocessable'],
    ['/refresh', {}, undefined, 'unprocessable'],
    ['/refresh', COOKIE, undefined, 'unprocessable'],
    ['/cookies/refresh', COOKIE, undefined, { by: 'cookie', refreshToken: 'prt_c' }],
    ['/cookies/refresh', { ...COOKIE, ...JSON_TYPE }, '{}', { by: 'cookie', refreshToken: 'prt_c' }],
    ['/cookies/refresh', { ...COOKIE, ...JSON_TYPE }, '{"refresh_token":"prt_b"}', { by: 'body', refreshToken: 'prt_b' }],
    ['/cookies/refresh', { ...COOKIE, origin: 'https://evil.example.net' }, undefined, 'cross-site'],
    ['/cookies/refresh', {}, undefined, 'unauthenticated'],
  ])('POST %s %j %s', async (path, headers, body, told) => {
    expect(await ask(path, headers, body)).toEqual(told);
  });

  it.each([
    ['Bearer good', undefined, { session: 's-1', refreshToken: null }],
    ['Bearer good', '{"refresh_token":"prt_b"}', { session: 's-1', refreshToken: 'prt_b' }],
    ['Bearer old', '{"refresh_token":"prt_b"}', { session: null, refreshToken: 'prt_b' }],
    ['', '{"refresh_token":"prt_b"}', { session: null, refreshToken: 'prt_b' }],
    ['Bearer revoked', undefined, { session: null, refreshToken: null }],
    ['Bearer old', undefined, 'expired-credential'],
    ['Bearer forged', undefined, 'invalid-credential'],
    ['', undefined, 'unauthenticated'],
    ['Bearer lost', '{"refresh_token":"prt_b"}', 'database-away'],
  ])('POST /logout with "%s" and %s', async (authorization, body, told) => {
    expect(await ask('/logout', { ...(authorization !== '' && { authorization }), ...(body !== undefined && JSON_TYPE) }, body)).toEqual(told);
  });

  it('a logout takes the cookie too, from its own pages', async () => {
    expect(await ask('/cookies/logout', COOKIE)).toEqual({ session: null, refreshToken: 'prt_c' });
    expect(await ask('/cookies/logout', { ...COOKIE, origin: 'https://evil.example.net', authorization: 'Bearer good' })).toBe('cross-site');
  });
});
