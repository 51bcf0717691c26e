import { writeFile } from 'node:fs/promises';
import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';

const file = (targets: string, more = ''): string => `${USERS}
services: { a: { targets: "${targets}", breaker: {} }, plain: { targets: "http://127.0.0.1:1" } }
routes: { a: { match: { path: /a/** }, to: a, authenticate: none }, own: { match: { path: /own }, to: a, authenticate: none, breaker: {} }, plain: { match: { path: /plain }, to: plain, authenticate: none } }
endpoints: { admin: { at: /ops, authorize: { roles: [admin] } } }
${more}`;

interface View {
  readonly breakers: Readonly<Record<string, string>>;
  readonly stale: string | null;
  readonly targets: readonly { readonly url: string; readonly out: string | null; readonly inFlight: number }[];
}

describe('the admin endpoint', () => {
  const bearer = async (role: string): Promise<Record<string, string>> => ({ authorization: `Bearer ${await token({ sub: '1', role })}` });
  let one: Awaited<ReturnType<typeof echoService>>;
  let two: Awaited<ReturnType<typeof echoService>>;
  let gw: TestGateway;
  let admin: Record<string, string>;
  beforeEach(async () => {
    [one, two] = await Promise.all([echoService(), echoService()]);
    gw = await gateway(file(`${one.url},${two.url}`));
    admin = await bearer('admin');
  });
  afterEach(async () => {
    await gw[Symbol.asyncDispose]();
    await Promise.all([one.close(), two.close()]);
  });
  const post = (path: string) => gw.fetch(`/ops/${path}`, { method: 'POST', headers: admin });

  it.each<[string, string, number]>([['nobody', '', 401], ['a teacher', 'teacher', 403], ['an admin', 'admin', 200]])('lets %s in or not', async (_who, role, status) => {
    const headers = role === '' ? {} : await bearer(role);
    expect((await gw.fetch('/ops/services', { headers })).status).toBe(status);
    expect((await gw.fetch('/ops/services/a/breaker/close', { method: 'POST', headers })).status).toBe(status);
  });

  it.each<[string, string | undefined, string]>([
    ['an empty form', 'application/x-www-form-urlencoded', ''],
    ['a form', 'application/x-www-form-urlencoded', 'a=1'],
    ['no JSON at all', 'application/json', ''],
    ['JSON that is none', 'application/json', '{'],
    ['bytes', 'application/octet-stream', 'x'.repeat(2_000_000)],
    ['a type that is none', 'garbage', 'x'],
    ['no type', undefined, 'x'],
  ])('passes over a body: %s', async (_what, type, body) => {
    const headers = { ...admin, ...(type !== undefined && { 'content-type': type }) };
    for (const path of ['reload', 'cache/purge?prefix=/', 'services/a/breaker/close']) {
      expect((await gw.fetch(`/ops/${path}`, { method: 'POST', headers, body: Buffer.from(body) })).status).toBe(200);
    }
    expect((await gw.fetch('/ops/nothing', { method: 'POST', headers, body: Buffer.from(body) })).status).toBe(404);
  });

  it('shows services, their targets and circuit breakers', async () => {
    const all = (await gw.fetch('/ops/services', { headers: admin })).json<Record<string, View>>();
    expect(Object.keys(all)).toEqual(['a', 'plain']);
    const { a } = all;
    expect(a).toEqual({
      breakers: { '': 'closed', own: 'closed' }, stale: null,
      targets: [one.url, two.url].map((url) => ({ url, weight: 1, zone: '', priority: 0, out: null, inFlight: 0 })),
    });
    expect((await gw.fetch('/ops/services/a', { headers: admin })).json()).toEqual(a);
  });

  it('takes a target out, over reloads too, and gives it back', async () => {
    const host = new URL(one.url).host;
    expect((await post(`services/a/drain?target=${host}`)).json<View>().targets.map(({ out }) => out)).toEqual(['withdrawn', null]);
    await gw.rewrite(`version: 1\nlog: { level: silent, access: off }\n${file(`${one.url},${two.url}`, 'info: { title: Other }')}`);
    for (let i = 0; i < 10; i++) await gw.fetch('/a/1');
    expect([one.requests.length, two.requests.length]).toEqual([0, 10]);
    expect((await post(`services/a/restore?target=${encodeURIComponent(one.url)}`)).json<View>().targets.map(({ out }) => out)).toEqual([null, null]);
    for (let i = 0; i < 20; i++) await gw.fetch('/a/1');
    expect(one.requests.length).toBeGreaterThan(0);
  });

  it('opens and closes a circuit breaker', async () => {
    expect((await post('services/a/breaker/open?for=1h')).json<View>().breakers['']).toBe('open');
    const refused = await gw.fetch('/a/1');
    expect([refused.status, refused.json()['code']]).toEqual([503, 'circuit-open']);
    // Seconds may have passed since.
    expect(Math.abs(3_585 - Number(refused.headers['retry-after']))).toBeLessThanOrEqual(15);
    expect((await gw.fetch('/own')).status).toBe(200);
    expect((await gw.fetch('/health/services/a')).json()).toMatchObject({ breaker: 'open' });
    expect((await post('services/a/breaker/close')).json<View>().breakers['']).toBe('closed');
    expect((await gw.fetch('/a/1')).status).toBe(200);
    await post('services/a/breaker/open?route=own');
    expect([(await gw.fetch('/own')).status, (await gw.fetch('/a/1')).status]).toEqual([503, 200]);
  });

  it.each<[string, number, string]>([
    ['services/b/drain?target=x', 404, 'unknown-service'],
    ['services/a/drain?target=x', 404, 'unknown-target'],
    ['services/a/drain', 422, 'unprocessable'],
    ['services/plain/breaker/open', 404, 'unknown-breaker'],
    ['services/a/breaker/open?route=a', 404, 'unknown-breaker'],
    ['services/a/breaker/open?for=soon', 422, 'unprocessable'],
    ['services/a/breaker/open?for=25h', 422, 'unprocessable'],
    ['nothing/like/this', 404, 'route-not-found'],
  ])('%s is %i %s', async (path, status, code) => {
    const answer = await post(path);
    expect([answer.status, answer.json()['code']]).toEqual([status, code]);
  });

  it.each<[string, string, number, string | undefined]>([
    ['GET', 'services/a/drain', 405, 'POST'],
    ['DELETE', 'services', 405, 'GET, HEAD'],
    ['GET', 'reload', 405, 'POST'],
    ['GET', 'services/a/b/drain', 404, undefined],
    ['GET', 'reload/drain', 404, undefined],
  ])('%s of %s is %i, and names the methods there are', async (method, path, status, allow) => {
    const answer = await gw.fetch(`/ops/${path}`, { method, headers: admin });
    expect([answer.status, answer.headers['allow'], answer.json()['code']]).toEqual([status, allow, status === 405 ? 'method-not-allowed' : 'route-not-found']);
    expect((await gw.fetch(`/ops/${path}`, { method })).status).toBe(401);
  });

  it('reloads, and tells what is wrong', async () => {
    expect((await post('reload')).json()).toEqual({ changed: false, errors: [] });
    await writeFile(gw.file, 'version: 1\nroutes: { a: { match: { path: /a }, to: nobody } }');
    expect((await post('reload')).json()).toEqual({ changed: false, errors: expect.arrayContaining([expect.stringContaining('there is no service "nobody"')]) as unknown });
    await writeFile(gw.file, `version: 1\nlog: { level: silent, access: off }\n${file(two.url)}`);
    expect((await post('reload')).json()).toEqual({ changed: true, errors: [] });
    expect((await gw.fetch('/ops/services/a', { headers: admin })).json<View>().targets).toHaveLength(1);
  });

  it('is documented where it is mounted, and with its methods', async () => {
    const { paths } = (await gw.fetch('/openapi.json')).json<{ paths: Record<string, Record<string, { security: unknown }>> }>();
    expect(paths['/ops/services/{service}/drain']?.['post']?.security).toEqual([{ users: [] }]);
    await using without = await gateway('routes: {}');
    expect(Object.keys((await without.fetch('/openapi.json')).json<{ paths: object }>().paths).filter((path) => path.includes('drain'))).toEqual([]);
    expect((await without.fetch('/admin/services')).status).toBe(404);
  });
});
