import { configured, ENV, ran } from '../io.fixture.js';

interface Change { readonly path: string; readonly effect: string; readonly meaning: string }

const FILE = `version: 1
authenticate:
  users: { use: jwt, secret: "\${JWT_SECRET_KEY}" }
redis: { url: "redis://user:one@127.0.0.1:1/2" }
limits: { maxKeys: 1000 }
cache: { memory: 32MiB }
services: { a: { targets: "http://127.0.0.1:1" } }
routes:
  limited: { match: { path: /limited }, authenticate: users, to: a, limit: 100/min }
  named: { match: { path: /named }, authenticate: users, to: a, limit: [{ rate: 5/s, by: ip, name: one }, { use: quota, rate: 9/day, name: two, roles: { x: 10/day } }] }
  free: { match: { path: /free }, authenticate: users, to: a }
  cached: { match: { path: /cached }, authenticate: users, to: a, cache: { maxAge: 30s, negative: { 404: 5s } } }
  both: { match: { path: /both }, authenticate: users, to: a, cache: on, limit: 7/s }
`;

async function changed(from: string, to: string): Promise<readonly Change[]> {
  if (!FILE.includes(from)) throw new Error(`There is no ${from}`);
  using old = configured(FILE);
  using now = configured(FILE.replace(from, to));
  const { err, json } = await ran(['diff', old.file, now.file, '--json'], ENV);
  expect(err).toBe('');
  return json<{ readonly changes: readonly Change[] }>().changes;
}

describe('diff: what a change means for what was counted and stored', () => {
  const goesOn = { effect: 'hot', meaning: 'what was counted goes on to count' };

  it.each<[string, string, string, string, object]>([
    ['another count', 'limit: 100/min', 'limit: 200/min', 'routes.limited.limit', goesOn],
    ['another time', 'limit: 100/min', 'limit: 100/h', 'routes.limited.limit', { effect: 'state', meaning: 'counting begins anew for 100/h' }],
    ['a second limit', 'limit: 100/min', 'limit: [100/min, 5/s]', 'routes.limited.limit', { effect: 'state', meaning: 'counting begins anew for 5/s' }],
    ['another algorithm', 'use: quota, rate: 9/day, name: two, roles: { x: 10/day }', 'use: fixed-window, rate: 9/day, name: two, roles: { x: 10/day }', 'routes.named.limit', { effect: 'state', meaning: 'counting begins anew for two' }],
    ['another key', 'by: ip', 'by: [ip, method]', 'routes.named.limit', { effect: 'state', meaning: 'counting begins anew for one' }],
    ['another rate for a role', 'x: 10/day', 'x: 20/day', 'routes.named.limit', goesOn],
    ['a cost', 'name: one', 'name: one, cost: 2', 'routes.named.limit', goesOn],
    ['a limit less', '{ rate: 5/s, by: ip, name: one }, ', '', 'routes.named.limit', goesOn],
    ['no limit any more', ', limit: 100/min', '', 'routes.limited.limit', { effect: 'hot', meaning: 'nobody is counted any more' }],
    ['a limit where there was none', '/free }, authenticate: users, to: a', '/free }, authenticate: users, to: a, limit: 1/s', 'routes.free.limit', { effect: 'hot', meaning: 'counting begins with the reload' }],
    ['whom a limit counts by default', '/limited }, authenticate: users', '/limited }, authenticate: none', 'routes.limited.authenticate', { effect: 'state', meaning: 'counting begins anew for 100/min' }],
    ['whom a limit counts, which says so', 'limit: 7/s', 'limit: { rate: 7/s, by: user }', 'routes.both.limit', goesOn],
    ['who may, where nothing is counted', '/free }, authenticate: users', '/free }, authenticate: none', 'routes.free.authenticate', { effect: 'hot', meaning: '' }],
    ['more counters', 'maxKeys: 1000', 'maxKeys: 2000', 'limits.maxKeys', { effect: 'hot', meaning: expect.stringMatching(/^what was counted stays/) }],
    ['networks', 'maxKeys: 1000', 'maxKeys: 1000, ipv6Prefix: 48', 'limits.ipv6Prefix', { effect: 'state', meaning: 'callers with an IPv6 address begin anew' }],
    ['another folder', 'maxKeys: 1000', 'maxKeys: 1000, data: ./other', 'limits.data', { effect: 'state', meaning: expect.stringMatching(/^quotas begin anew/) }],
    ['a lifetime', 'maxAge: 30s', 'maxAge: 31s', 'routes.cached.cache.maxAge', { effect: 'hot', meaning: 'it holds for what is stored already, too' }],
    ['a lifetime of errors', '404: 5s', '404: 6s', 'routes.cached.cache.negative.404', { effect: 'hot', meaning: 'it holds for what is stored already, too' }],
    ['how long requests wait', 'maxAge: 30s', 'maxAge: 30s, collapse: 5s', 'routes.cached.cache.collapse', { effect: 'hot', meaning: '' }],
    ['the key', 'maxAge: 30s', 'maxAge: 30s, key: { principal: on }', 'routes.cached.cache.key.principal', { effect: 'state', meaning: 'nothing that is stored of this route is used any more' }],
    ['what decides the answer', '/cached }, authenticate: users', '/cached }, authenticate: users, path: { strip: /cached }', 'routes.cached.path', { effect: 'state', meaning: 'nothing that is stored of this route is used any more' }],
    ['what decides nothing of it', '/cached }, authenticate: users', '/cached }, authenticate: users, priority: low', 'routes.cached.priority', { effect: 'hot', meaning: '' }],
    ['no cache any more', 'cache: on, ', '', 'routes.both.cache', { effect: 'hot', meaning: 'what is stored of this route is not used any more' }],
    ['a cache where there was none', '/free }, authenticate: users, to: a', '/free }, authenticate: users, to: a, cache: on', 'routes.free.cache', { effect: 'hot', meaning: '' }],
    ['who may, which both go by', '/both }, authenticate: users', '/both }, authenticate: none', 'routes.both.authenticate', { effect: 'state', meaning: 'counting begins anew for 7/s; nothing that is stored of this route is used any more' }],
    ['memory', 'memory: 32MiB', 'memory: 16MiB', 'cache.memory', { effect: 'hot', meaning: 'what was used last is kept as far as it fits' }],
    ['a cache without Redis', 'memory: 32MiB', 'memory: 32MiB, redis: off', 'cache.redis', { effect: 'hot', meaning: expect.stringMatching(/^each worker keeps answers by itself/) }],
    ['no Redis any more', 'redis: { url: "redis://user:one@127.0.0.1:1/2" }\n', '', 'redis', { effect: 'state', meaning: expect.stringMatching(/^limits are counted in memory/) }],
    ['another password', ':one@', ':other@', 'redis.url', { effect: 'hot', meaning: expect.stringMatching(/^the connection to Redis is replaced/) }],
    ['another database', ':1/2', ':1/3', 'redis.url', { effect: 'state', meaning: expect.stringMatching(/^limits and quotas begin anew there/) }],
    ['another prefix', ':1/2"', ':1/2", prefix: "b:"', 'redis.prefix', { effect: 'state', meaning: expect.stringMatching(/^limits and quotas begin anew there/) }],
    ['a time-out of Redis', ':1/2"', ':1/2", timeout: 30ms', 'redis.timeout', { effect: 'hot', meaning: expect.stringMatching(/^the connection to Redis is replaced/) }],
  ])('%s', async (_what, from, to, path, expected) => {
    expect((await changed(from, to)).find((change) => change.path === path)).toMatchObject(expected);
  });

  it('Redis where there was none', async () => {
    using old = configured(FILE.replace(/^redis: .*\n/m, ''));
    using now = configured(FILE);
    const { json, out } = await ran(['diff', old.file, now.file, '--json'], ENV);
    expect(json<{ readonly changes: readonly Change[] }>().changes).toMatchObject([{ path: 'redis', effect: 'state', meaning: expect.stringMatching(/^limits and quotas are counted in Redis from now on/) }]);
    expect(out).not.toContain('one@');
  });

  it('what it means for several routes is told once', async () => {
    using old = configured(FILE.replace('version: 1', 'version: 1\ndefaults: { limit: 8/s }').replace(', limit: 7/s', ''));
    using now = configured(FILE.replace('version: 1', 'version: 1\ndefaults: { limit: 9/s }').replace(', limit: 7/s', ''));
    const { out } = await ran(['diff', old.file, now.file], ENV);
    expect(out).toMatch(/~ limit of defaults, the routes free, cached, both and \d+ endpoints\n {6}was +8\/s .*\n {6}is +9\/s .*\n {6}what was counted goes on to count\n/);
  });
});
