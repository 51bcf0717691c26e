import { gateway } from '../../support/gateway.js';

/** 32: the ways environments write things. */
export async function environment(): Promise<void> {
  const file = `defaults: { authenticate: none, cors: { origins: "\${CORS_ORIGINS}" } }
services: { users: { targets: "\${USER_SERVICE_STATIC_INSTANCES:-\${USER_SERVICE_URL:-http://127.0.0.1:1}}", balance: { use: round-robin } } }
routes: { users: { match: { path: /users }, to: users, limit: "\${RATE_LIMIT_AUTH:-10/min}" } }`;
  const asked = async (env: (echo: string) => Record<string, string>): Promise<unknown> => {
    await using other = await gateway('routes: {}');
    const echo = other.echo.url;
    await using gw = await gateway(file, { env: env(echo) });
    const { headers, status } = await gw.fetch('/users', { headers: { origin: 'http://b.org' } });
    return [status, headers['access-control-allow-origin'], headers['ratelimit-policy']];
  };
  expect(await asked((echo) => ({ USER_SERVICE_URL: echo, CORS_ORIGINS: '["http://a.org", "http://b.org"]', RATE_LIMIT__AUTH: '7/min' }))).toEqual([200, 'http://b.org', expect.stringContaining('q=7')]);
  expect(await asked((echo) => ({ USER_SERVICE_STATIC_INSTANCES: `${echo}|3,${echo}/x|1`, CORS_ORIGINS: 'http://a.org,http://b.org', PASSERELLE__ROUTES__USERS__LIMIT: '5/min' }))).toEqual([200, 'http://b.org', expect.stringContaining('q=5')]);
  expect(await asked(() => ({ CORS_ORIGINS: '' }))).toEqual([502, undefined, expect.stringContaining('q=10')]);
}
