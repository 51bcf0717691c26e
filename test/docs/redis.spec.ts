import { echoService, until } from '#libs/testing';
import { gateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { findRedis, RedisServer } from '../support/redis.js';
import { fencesOf, read } from './markdown.js';

const LIMIT = 60_000;
const binary = await findRedis();
const rule = fencesOf(read('docs/operations/redis.md')).find(({ text }) => text.startsWith('user passerelle '))?.text.trim() ?? '';
const file = (port: number): string => `
redis: { url: "redis://passerelle:secret@127.0.0.1:${port}", timeout: 5s }
${USERS}
services: { s: { targets: "\${SERVICE}" } }
routes: { r: { match: { path: /r/** }, to: s, authenticate: none, limit: [5/h, { use: sliding-window, rate: 6/h, by: route, counts: { status: 404 } }, { use: quota, rate: 7/day, share: all }], cache: { maxAge: 1h, tags: [t] } } }
endpoints: { admin: { at: /ops, authorize: { roles: [admin] } } }
`;

(binary === null ? describe.skip : describe)('the rights that docs/operations/redis.md gives to a gateway in Redis', () => {
  it('are enough for all it does, and for nothing else', async () => {
    expect(rule).not.toBe('');
    await using server = await RedisServer.start(binary as string, { lines: [rule] });
    let count = 0;
    await using service = await echoService((_request, response) => response.end(String(++count)));
    await using one = await gateway(file(server.port), { env: { SERVICE: service.url } });
    await using two = await gateway(file(server.port), { env: { SERVICE: service.url } });
    const admin = { authorization: `Bearer ${await token({ sub: '1', role: 'admin' })}` };
    const view = async (gw: typeof one): Promise<unknown> => (await gw.fetch('/ops/cache', { headers: admin })).json()['redis'];
    await until(async () => (await view(one)) === null && (await view(two)) === null);
    const answers = [];
    for (const gw of [one, two, one, two, one, two]) {
      answers.push(await gw.fetch('/r/a', { headers: { host: 'shop.example' } }));
      // It is written behind the answer.
      await until(async () => String(await server.call('KEYS', '*')).includes('cache:record'));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(count).toBe(1);
    const purge = async (by: string): Promise<unknown> => (await one.fetch(`/ops/cache/purge?${by}`, { method: 'POST', headers: admin })).json();
    expect(await purge('tag=t')).toEqual({ memory: 1, redis: 1 });
    expect(await purge('prefix=/r/')).toEqual({ memory: 0, redis: 0 });
    expect(await server.call('ACL', 'LOG')).toEqual([]);
    for (const forbidden of [['FLUSHALL'], ['GET', 'other:key'], ['CONFIG', 'GET', '*'], ['KEYS', '*']]) {
      expect(await server.call('ACL', 'DRYRUN', 'passerelle', ...forbidden)).not.toBe('OK');
    }
  }, LIMIT);
});
