import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#libs/testing';
import { Authority } from '../support/certificates.js';
import { findRedis, RedisCluster, RedisSentinel, RedisServer } from '../support/redis.js';
import { collected, Connected, increment, timed } from '../support/redis-connection.js';

const binary = (await findRedis()) as string;
const described = binary === null ? describe.skip : describe;

described('a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => { cluster = await RedisCluster.start(binary, { password: 'open' }); }, 90_000);
  afterAll(() => cluster[Symbol.asyncDispose]());
  afterEach(async () => {
    for (const master of cluster.masters) {
      master.thaw();
      await master.restart();
    }
    await cluster.ready();
    await Promise.all(cluster.masters.map((master) => master.call('FLUSHALL')));
  });

  const names = Array.from({ length: 300 }, (_, at) => `k:${at}`);

  it('looks like one server', async () => {
    await using connected = await Connected.to({ url: cluster.url });
    const { redis, told } = connected;
    const { commands } = redis;
    await Promise.all(names.map((name) => commands.set(name, name, 60_000)));
    const sizes = await Promise.all(cluster.masters.map((master) => master.call('DBSIZE')));
    expect(sizes.every((size) => Number(size) > 50)).toBe(true);
    expect(await Promise.all(names.map((name) => commands.get(name)))).toEqual(names);
    expect(await collected(redis.scan('k:'))).toEqual([...names].sort());
    expect(await Promise.all(names.map((name) => redis.run(increment, [`{${name}}:a`, `{${name}}:b`], ['2'])))).toEqual(names.map(() => 2));
    expect(await commands.remove([...names, 'none'])).toBe(300);
    const client = redis.client as { mSet(entries: string[][]): Promise<unknown>; mGet(keys: string[]): Promise<unknown>; keys(pattern: string): Promise<string[]>; flushDb(): Promise<void> };
    await client.mSet([['a', '1'], ['b', '2'], ['c', '3']]);
    expect([await client.mGet(['a', 'b', 'none', 'c']), (await client.keys('?')).sort()]).toEqual([['1', '2', null, '3'], ['a', 'b', 'c']]);
    await client.flushDb();
    expect(await collected(redis.scan(''))).toEqual([]);
    expect(told).toEqual([]);
  });

  it('hears what is published to any of them', async () => {
    await using here = await Connected.to({ url: cluster.url });
    await using there = await Connected.to({ url: cluster.url });
    const heard: string[] = [];
    here.redis.subscribe('news', (message) => heard.push(message), () => heard.push('-'));
    await until(() => heard.length === 1);
    await there.redis.commands.publish('news', 'one');
    await until(() => heard.length === 2);
    expect(heard).toEqual(['-', 'one']);
  });

  it('one master away: its keys are refused at once, the others are there', async () => {
    await using connected = await Connected.to({ url: cluster.url, timeout: '2s', connectTimeout: '2s' });
    const { redis, told } = connected;
    for (const away of ['kill', 'freeze'] as const) {
      await cluster.masters[1]?.[away]();
      const ask = async (): Promise<number> => (await Promise.allSettled(names.map((name) => redis.commands.get(name)))).filter(({ status }) => status === 'fulfilled').length;
      await ask();
      const { result, time } = await timed(ask);
      expect(result).toBe(200);
      expect(time).toBeLessThan(1_900);
      expect(redis.away).toBeNull();
      if (away === 'kill') await cluster.masters[1]?.restart();
      else cluster.masters[1]?.thaw();
      await cluster.ready();
      await until(async () => (await ask()) === 300);
    }
    expect(told).toEqual([]);
  }, 90_000);

  it('all away: says so once, and comes back', async () => {
    await using connected = await Connected.to({ url: cluster.url });
    const { redis, told } = connected;
    await Promise.all(cluster.masters.map((master) => master.kill()));
    await until(() => redis.away !== null);
    await expect(redis.commands.get('k')).rejects.toThrow('cannot be asked');
    await expect(redis.commands.publish('c', 'm')).rejects.toThrow('cannot be asked');
    await Promise.all(cluster.masters.map((master) => master.restart()));
    await cluster.ready();
    await until(() => redis.commands.get('k').then(() => true, () => false));
    expect(told).toEqual([expect.any(String), null]);
  }, 90_000);

  it('away at the start: finds it once it is there, by any of its servers', async () => {
    await Promise.all(cluster.masters.map((master) => master.kill()));
    await using connected = await Connected.to({ url: cluster.url });
    expect(connected.redis.away).toMatch(/^the cluster cannot be asked: .*ECONNREFUSED/);
    await Promise.all(cluster.masters.map((master) => master.restart()));
    await cluster.ready();
    await until(() => connected.redis.away === null);
  }, 90_000);

  /** One that was moved already is not where it is looked for. */
  let moves = 0;

  it('follows a slot that moves', async () => {
    const tag = `{slot${moves++}}`;
    await using connected = await Connected.to({ url: cluster.url });
    const { redis } = connected;
    const [from, to] = cluster.masters as [RedisServer, RedisServer];
    const slot = String(await from.call('CLUSTER', 'KEYSLOT', tag));
    const owners = await Promise.all(cluster.masters.map((master) => master.call('CLUSTER', 'MYID') as Promise<string>));
    const holder = [5461, 10_923, 16_384].findIndex((end) => Number(slot) < end);
    const [source, target] = [cluster.masters[holder] as RedisServer, holder === 0 ? to : from];
    const [sourceId, targetId] = [owners[holder] as string, owners[cluster.masters.indexOf(target)] as string];
    await redis.commands.set(`${tag}old`, 'here', 60_000);
    await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId);
    await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId);
    // What is not at the old place any more is asked for at the new one: ASK.
    await redis.commands.set(`${tag}new`, 'there', 60_000);
    expect([await redis.commands.get(`${tag}old`), await redis.commands.get(`${tag}new`)]).toEqual(['here', 'there']);
    expect(await target.call('CLUSTER', 'COUNTKEYSINSLOT', slot)).toBe(1);
    await source.call('MIGRATE', '127.0.0.1', String(target.port), `passerelle:${tag}old`, '0', '10000', 'AUTH', 'open');
    for (const master of [target, source]) await master.call('CLUSTER', 'SETSLOT', slot, 'NODE', targetId);
    // MOVED.
    expect(await Promise.all(['old', 'new'].map((name) => redis.commands.get(`${tag}${name}`)))).toEqual(['here', 'there']);
    await until(async () => (await redis.run(increment, [`${tag}n`], ['1'])) !== null);
  });
});

described('sentinels', () => {
  it('tell where the master is, also when it is another one', async () => {
    await using servers = await RedisSentinel.start(binary, { password: 'open' });
    await using connected = await Connected.to({ url: servers.url });
    const { redis, told } = connected;
    const heard: string[] = [];
    redis.subscribe('news', (message) => heard.push(message), () => heard.push('-'));
    await until(() => heard.length === 1);
    expect(await redis.run(increment, ['n'], ['1'])).toBe(1);
    await servers.master.call('WAIT', '1', '1000');
    await servers.master.kill();
    await until(() => redis.away !== null);
    await until(() => redis.away === null, 30_000);
    expect(await redis.run(increment, ['n'], ['1'])).toBe(2);
    expect(await servers.replica.call('GET', 'passerelle:n')).toBe('2');
    await until(() => heard.length >= 2);
    await redis.commands.publish('news', 'one');
    await until(() => heard.includes('one'));
    expect(told.slice(-2)).toEqual([expect.any(String), null]);
  }, 60_000);

  it('are not believed when what they name is no master, and say when they know none', async () => {
    await using servers = await RedisSentinel.start(binary);
    await using nobody = await Connected.to({ url: servers.url.replace('/main', '/other') });
    expect(nobody.redis.away).toBe('the sentinels know no master called other');
    await servers.sentinel.kill();
    await using lost = await Connected.to({ url: servers.url });
    expect(lost.redis.away).toMatch(/^the sentinels cannot be asked: .*ECONNREFUSED/);
  }, 60_000);
});

described('TLS', () => {
  it('the server must be the one that is meant, and may want to know who we are', async () => {
    await using authority = await Authority.create();
    await using other = await Authority.create();
    const [identity, ours] = [await authority.issue({ names: 'DNS:redis.test' }), await authority.issue({ cn: 'gateway' })];
    await using server = await RedisServer.start(binary, { password: 'open', tls: { identity: await authority.issue(), ca: authority.cert, mutual: true } });
    await using named = await RedisServer.start(binary, { tls: { identity, ca: authority.cert } });
    const mutual = { cert: ours.cert, key: ours.key };
    const away = async (settings: object): Promise<string | null> => {
      await using connected = await Connected.to(settings);
      return connected.redis.away;
    };
    expect(await away({ url: server.url, tls: { ca: authority.cert, ...mutual } })).toBeNull();
    expect(await away({ url: server.url, tls: { ca: other.cert, ...mutual } })).toMatch(/certificate/);
    expect(await away({ url: server.url, tls: { ca: authority.cert }, connectTimeout: '300ms' })).toMatch(/./);
    expect(await away({ url: named.url, tls: { ca: authority.cert } })).toMatch(/altnames/);
    expect(await away({ url: named.url, tls: { ca: authority.cert, servername: 'redis.test' } })).toBeNull();
    expect(await away({ url: named.url, tls: { verify: false } })).toBeNull();
  }, 60_000);

  it('of a cluster', async () => {
    await using authority = await Authority.create();
    await using cluster = await RedisCluster.start(binary, { tls: { identity: await authority.issue(), ca: authority.cert } });
    await using connected = await Connected.to({ url: cluster.url, tls: { ca: authority.cert } });
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => connected.redis.run(increment, [key], ['1'])))).toEqual([1, 1, 1, 1]);
    await sleep(10);
    expect(connected.told).toEqual([]);
  }, 60_000);
});
