import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCache, KeyvAdapter, type CacheManagerStore } from 'cache-manager';
import { redisInsStore } from 'cache-manager-redis-yet';
import { Keyv } from 'keyv';
import { until } from '#libs/testing';
import { findRedis, RedisServer } from '../support/redis.js';
import { collected, Connected, increment, script, timed } from '../support/redis-connection.js';

const binary = (await findRedis()) as string;
const described = binary === null ? describe.skip : describe;

/** How long something took, and what went wrong. */
async function spent(work: () => Promise<unknown>): Promise<{ readonly time: number; readonly error: Error | null }> {
  const { result, time } = await timed(() => work().then(() => null, (reason: Error) => reason));
  return { error: result, time };
}

described('a Redis of its own', () => {
  let server: RedisServer;
  beforeAll(async () => { server = await RedisServer.start(binary, { password: 'open' }); });
  afterAll(() => server[Symbol.asyncDispose]());
  afterEach(async () => {
    server.thaw();
    await server.restart();
    await server.call('FLUSHALL');
  });

  /** The one that asks among them. */
  async function clients(): Promise<number> {
    return Number(/connected_clients:(\d+)/.exec(String(await server.call('INFO', 'clients')))?.[1]);
  }

  /** Once nobody else is connected any more. */
  const alone = (): Promise<true> => until(async () => (await clients()) === 1);

  it('does what rooms ask, below its prefix', async () => {
    await using connected = await Connected.to({ url: server.url, prefix: 'mine:' });
    const { commands } = connected.redis;
    await commands.set('k', 'ü', 60_000.4);
    expect(await commands.get('k')).toBe('ü');
    expect(await commands.get('none')).toBeNull();
    expect([await commands.claim('lock', 'a', 60_000), await commands.claim('lock', 'b', 60_000)]).toEqual([true, false]);
    expect([await server.call('KEYS', '*'), await server.call('PTTL', 'mine:k')]).toEqual([expect.arrayContaining(['mine:k', 'mine:lock']), expect.any(Number)]);
    expect(await commands.remove(['k', 'lock', 'none'])).toBe(2);
    expect(await commands.remove([])).toBe(0);
    await commands.addTo('tag', ['x', 'y'], 50_000);
    await commands.addTo('tag', ['z'], 10);
    expect([...(await commands.members('tag'))].sort()).toEqual(['x', 'y', 'z']);
    expect(Number(await server.call('PTTL', 'mine:tag'))).toBeGreaterThan(40_000);
  });

  it('runs a script by its name, also where Redis has forgotten it', async () => {
    await using connected = await Connected.to({ url: server.url });
    const { redis } = connected;
    expect(await redis.run(increment, ['n'], ['2'])).toBe(2);
    await server.call('SCRIPT', 'FLUSH');
    expect(await Promise.all(Array.from({ length: 50 }, () => redis.run(increment, ['n'], ['1'])))).toEqual(Array.from({ length: 50 }, (_, at) => at + 3));
    await expect(redis.run(script('return redis.error_reply("NO such luck")'), [], [])).rejects.toThrow('NO such luck');
  });

  it('scans what begins so, whatever signs are in it', async () => {
    await using connected = await Connected.to({ url: server.url });
    const { commands } = connected.redis;
    const names = Array.from({ length: 1200 }, (_, at) => `a[1]*:${at}`);
    await Promise.all([...names, 'a1:x', 'b'].map((name) => commands.set(name, '1', 60_000)));
    await server.call('SET', 'a[1]*:other', '1');
    expect(await collected(connected.redis.scan('a[1]*:'))).toEqual([...names].sort());
    expect(await collected(connected.redis.scan('none'))).toEqual([]);
  });

  it('hears what is published, again after it was lost', async () => {
    await using here = await Connected.to({ url: server.url });
    await using there = await Connected.to({ url: server.url });
    const heard: string[] = [];
    const end = here.redis.subscribe('news', (message) => heard.push(message), () => heard.push('-'));
    here.redis.subscribe('other', () => undefined);
    await until(() => heard.length === 1);
    await there.redis.commands.publish('news', 'one');
    await there.redis.commands.publish('else', 'not this');
    await until(() => heard.length === 2);
    await server.kill();
    await server.restart();
    await until(() => heard.length === 3);
    await until(() => there.redis.away === null);
    await there.redis.commands.publish('news', 'two');
    await until(() => heard.length === 4);
    end();
    await until(async () => (await server.call('PUBSUB', 'NUMSUB', 'passerelle:news') as unknown[])[1] === 0);
    expect(heard).toEqual(['-', 'one', '-', 'two']);
  });

  it('serves a library', async () => {
    await using connected = await Connected.to({ url: server.url, prefix: 'lib:' });
    const cache = createCache({ stores: [new Keyv({ store: new KeyvAdapter(redisInsStore(connected.redis.client as never) as unknown as CacheManagerStore), useKeyPrefix: false })] });
    await cache.set('k', { a: 1 }, 60_000);
    await cache.mset([{ key: 'm', value: 1, ttl: 60_000 }, { key: 'n', value: 2 }]);
    expect([await cache.get('k'), await cache.mget(['k', 'm', 'none'])]).toEqual([{ a: 1 }, [{ a: 1 }, 1, undefined]]);
    expect(Number(await server.call('PTTL', 'lib:k'))).toBeGreaterThan(50_000);
    await cache.mdel(['m', 'n']);
    await cache.del('none');
    expect(await server.call('KEYS', '*')).toEqual(['lib:k']);
    await server.call('SET', 'not:ours', '1');
    await cache.clear();
    expect(await server.call('KEYS', '*')).toEqual(['not:ours']);
  });

  it('killed: refuses at once, says so once, and comes back by itself', async () => {
    await using connected = await Connected.to({ url: server.url });
    const { redis, told } = connected;
    const underWay = Promise.allSettled(Array.from({ length: 20 }, () => redis.commands.get('k')));
    await server.kill();
    await underWay;
    await until(() => redis.away !== null);
    const many = await spent(() => Promise.allSettled(Array.from({ length: 1000 }, () => redis.run(increment, ['n'], ['1']))));
    expect(many.time).toBeLessThan(4_000);
    await expect(redis.commands.get('k')).rejects.toThrow(/Redis cannot be asked: .*(ECONNREFUSED|ECONNRESET|closed)/);
    await sleep(200);
    expect(told).toHaveLength(1);
    await server.restart();
    await until(() => redis.away === null);
    expect(await redis.run(increment, ['n'], ['1'])).toBe(1);
    expect(told).toEqual([expect.any(String), null]);
  });

  it('frozen: each call ends in time, after three nothing waits, and no late answer is taken for another', async () => {
    await using connected = await Connected.to({ timeout: '500ms', url: server.url });
    const { redis, told } = connected;
    await redis.commands.set('secret', 'of an old question', 60_000);
    await redis.commands.set('k', 'v', 60_000);
    server.freeze();
    for (let call = 0; call < 3; call++) {
      const { time, error } = await spent(() => redis.commands.get('secret'));
      expect(error?.message).toMatch(/no answer/);
      expect(time).toBeGreaterThan(450);
      // Ten times as long is what a command may take at most.
      expect(time).toBeLessThan(4_500);
    }
    expect(redis.away).toMatch(/no answer within 500 ms/);
    const refused = await spent(() => redis.commands.get('secret'));
    expect([refused.error !== null, refused.time < 400]).toEqual([true, true]);
    await sleep(500);
    expect(told).toHaveLength(1);
    server.thaw();
    await until(() => redis.away === null);
    expect(await Promise.all(Array.from({ length: 100 }, () => redis.commands.get('k')))).toEqual(Array.from({ length: 100 }, () => 'v'));
    expect(told).toEqual([expect.any(String), null]);
  });

  it('frozen for a moment: a late answer is dropped, the connection stays', async () => {
    await using connected = await Connected.to({ timeout: '500ms', url: server.url });
    const { redis, told } = connected;
    await redis.commands.set('a', 'A', 60_000);
    await redis.commands.set('b', 'B', 60_000);
    server.freeze();
    await expect(redis.commands.get('a')).rejects.toThrow('no answer');
    server.thaw();
    await until(async () => (await redis.commands.get('b').catch(() => null)) === 'B');
    expect(told).toEqual([]);
  });

  it('a process that stood still does not blame Redis', async () => {
    await using connected = await Connected.to({ timeout: '200ms', url: server.url });
    const { redis, told } = connected;
    const calls = Array.from({ length: 10 }, () => redis.commands.get('k'));
    // They are written first.
    await new Promise((resolve) => { setImmediate(() => setImmediate(resolve)); });
    for (const until = performance.now() + 1_000; performance.now() < until;);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 10 }, () => null));
    expect(told).toEqual([]);
  });

  it('away at the start: connects once it is there', async () => {
    await server.kill();
    await using connected = await Connected.to({ url: server.url });
    const { redis, told } = connected;
    expect(redis.away).toMatch(/ECONNREFUSED/);
    await expect(redis.commands.get('k')).rejects.toThrow('cannot be asked');
    await server.restart();
    await until(() => redis.away === null);
    expect(await redis.commands.get('k')).toBeNull();
    expect(told).toEqual([expect.stringMatching('ECONNREFUSED'), null]);
  });

  it('frozen at the start: is known to be away after connectTimeout', async () => {
    server.freeze();
    const { time } = await spent(async () => {
      await using connected = await Connected.to({ url: server.url, connectTimeout: '100ms' });
      expect(connected.redis.away).toBe('no answer within 100 ms');
    });
    expect(time).toBeLessThan(4_000);
  });

  it.each([
    ['a wrong password', { url: 'redis://:wrong@HOST' }, /WRONGPASS/],
    ['no password', { url: 'redis://HOST' }, /NOAUTH/],
    ['a database that is none', { url: 'redis://:open@HOST/99' }, /DB index/],
    ['TLS where there is none', { url: 'rediss://:open@HOST', connectTimeout: '300ms' }, /./],
  ])('%s is told, without the password', async (_what, settings, why) => {
    await using connected = await Connected.to({ ...settings, url: settings.url.replace('HOST', server.host) });
    expect(connected.redis.away).toMatch(why);
    expect(connected.redis.away).not.toMatch(/wrong@|:open/);
  });

  it('a server that repeats the password is told of without it', async () => {
    const parrot = createServer((socket) => void socket.on('error', () => undefined).once('data', () => socket.write("-ERR unknown command 'AUTH', with args beginning with: 'app' 'hunter2'\r\n-ERR hunter2\r\n")));
    await new Promise<void>((resolve) => { parrot.listen(0, '127.0.0.1', resolve); });
    await using connected = await Connected.to({ url: `redis://app:hunter2@127.0.0.1:${(parrot.address() as AddressInfo).port}` });
    expect(connected.redis.away).toBe("ERR unknown command 'AUTH'");
    parrot.close();
  });

  it('takes user, password and database as they are', async () => {
    await server.call('ACL', 'SETUSER', 'app', 'on', '>p@ss', '~*', '&*', '+@all');
    await using connected = await Connected.to({ url: `redis://app:p%40ss@${server.host}/3` });
    await connected.redis.commands.set('k', 'v', 60_000);
    expect(await server.call('INFO', 'keyspace')).toMatch(/db3:keys=1/);
    await using apart = await Connected.to({ url: `redis://${server.host}/3`, username: 'app', password: 'p@ss' });
    expect(await apart.redis.commands.get('k')).toBe('v');
  });

  it('ends cleanly: what is under way is answered, nothing stays connected', async () => {
    await alone();
    const { redis, told } = await Connected.to({ url: server.url });
    const heard: string[] = [];
    redis.subscribe('news', () => undefined, () => heard.push('-'));
    await until(() => heard.length === 1);
    await until(async () => (await clients()) === 3);
    const last = redis.commands.claim('k', 'v', 60_000);
    await redis.close();
    expect(await last).toBe(true);
    await expect(redis.commands.get('k')).rejects.toThrow('closed');
    await alone();
    expect(told).toEqual([]);
  });

  it('ends in time where Redis is frozen', async () => {
    const { redis } = await Connected.to({ timeout: '300ms', url: server.url });
    redis.subscribe('news', () => undefined);
    server.freeze();
    const lost = redis.commands.get('k').catch(() => 'lost');
    const { time } = await spent(() => redis.close());
    expect(time).toBeLessThan(2_500);
    expect(await lost).toBe('lost');
  });

  it('ends while it connects, and does not connect after all', async () => {
    await alone();
    const connections = Array.from({ length: 5 }, () => new Connected({ url: server.url }));
    await Promise.all(connections.map(({ redis }) => redis.close()));
    await Promise.all(connections.map(({ redis }) => redis.settled));
    await sleep(100);
    await alone();
  });
});
