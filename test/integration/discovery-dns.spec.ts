import { setTimeout as sleep } from 'node:timers/promises';
import { dns } from '#libs/discovery';
import { systemClock, type Address, type Surroundings } from '#libs/kernel';
import { discoveryContract, echoService, seededRandom, until, type Announced, type EchoService } from '#libs/testing';
import { DnsServer, DnsTap, findKnot } from '../support/dns-server.js';
import { gateway } from '../support/gateway.js';

const around: Surroundings = { folder: '/', clock: systemClock, random: seededRandom(1), resolve: () => { throw new Error('nothing to resolve'); } };
const knot = await findKnot();

const asAddress = ({ url }: Announced): string => `users 0 A ${new URL(url).hostname}`;
const asService = ({ priority = 0, url, weight = 1 }: Announced, index: number): string => {
  const { hostname, port } = new URL(url);
  return `_users._tcp 0 SRV ${priority} ${weight} ${port} users-${index}\nusers-${index} 0 A ${hostname}`;
};

(knot === null ? describe.skip : describe)('T4: a real DNS server', () => {
  const harness = (type: 'address' | 'srv', record: (instance: Announced, index: number) => string) => async () => {
    const server = await DnsServer.start(knot as string);
    const srv = type === 'srv';
    const options = dns.schema.parse({ name: srv ? '_users._tcp.internal' : 'users.internal', type, ...(srv ? {} : { port: 8080 }), server: server.address, timeout: '3s', minTtl: '100ms' });
    return {
      carries: { weight: srv, zone: false, priority: srv },
      notice: 1_500,
      discovery: () => dns.create(options, around),
      announce: (instances: readonly Announced[]) => server.serve(instances.map(record).join('\n')),
      break: () => server.kill(),
      mend: () => server.run(),
      close: () => server[Symbol.asyncDispose](),
    };
  };
  discoveryContract('dns with addresses', harness('address', asAddress));
  discoveryContract('dns with SRV records', harness('srv', asService));

  const follow = (options: Record<string, unknown>) => {
    const told: (readonly Address[] | string)[] = [];
    const stop = dns.create(dns.schema.parse({ name: 'users.internal', type: 'a', timeout: '10s', ...options }), around).watch({ found: (addresses) => told.push(addresses), lost: (why) => told.push(why) });
    return { told, [Symbol.dispose]: stop };
  };

  it('is asked again when the time to live ends, and not before', async () => {
    await using server = await DnsServer.start(knot as string, 'users 2 A 10.0.0.1');
    await using tap = await DnsTap.before(server.port);
    using following = follow({ server: tap.address });
    await until(() => following.told.length === 1);
    await server.serve('users 1 A 10.0.0.2');
    await until(() => tap.asked.length >= 4);
    const gaps = tap.asked.slice(1).map(({ at }, index) => at - (tap.asked[index]?.at ?? 0));
    for (const [index, seconds] of [2, 1, 1].entries()) {
      expect(gaps[index]).toBeGreaterThan(seconds * 1_000 - 20);
      expect(gaps[index]).toBeLessThan(seconds * 1_000 + 5_000);
    }
    expect(following.told).toMatchObject([[{ url: 'http://10.0.0.1' }], [{ url: 'http://10.0.0.2' }]]);
  }, 30_000);

  it('has more instances than a packet holds', async () => {
    await using server = await DnsServer.start(knot as string, Array.from({ length: 400 }, (_, i) => `users 60 A 10.0.${i >> 8}.${i & 255}`).join('\n'));
    using following = follow({ server: server.address });
    await until(() => following.told.length === 1);
    expect(following.told[0]).toHaveLength(400);
  }, 30_000);

  it('has aliases, IPv6 and names that are not there', async () => {
    await using server = await DnsServer.start(knot as string, 'users CNAME people\npeople 60 AAAA fd00::1\npeople 60 A 10.0.0.1');
    using both = follow({ server: server.address, type: 'address', port: 8080 });
    using none = follow({ server: server.address, name: 'nobody.internal' });
    using foreign = follow({ server: server.address, name: 'users.elsewhere' });
    await until(() => both.told.length === 1 && none.told.length === 1 && foreign.told.length === 1);
    expect(both.told).toMatchObject([[{ url: 'http://10.0.0.1:8080' }, { url: 'http://[fd00::1]:8080' }]]);
    expect(none.told).toEqual([[]]);
    expect(foreign.told).toEqual([expect.stringMatching(/said REFUSED$/)]);
  }, 30_000);

  it('falls silent and is found again', async () => {
    await using server = await DnsServer.start(knot as string, 'users 1 A 10.0.0.1');
    using following = follow({ server: server.address, timeout: '2s' });
    await until(() => following.told.length === 1);
    server.signal('SIGSTOP');
    await until(() => following.told.length === 2);
    expect(following.told[1]).toMatch(/did not answer within 2000 ms$/);
    server.signal('SIGCONT');
    await until(() => following.told.length === 3);
    expect(following.told[2]).toEqual(following.told[0]);
  }, 30_000);

  it('lets instances come and go without a failed request, and may go away itself', async () => {
    await using one = await echoService();
    await using two = await echoService();
    await using three = await echoService();
    const records = (...services: EchoService[]): string => services.map(({ url }) => `_users._tcp 0 SRV 0 1 ${new URL(url).port} here`).concat('here 0 A 127.0.0.1').join('\n');
    await using server = await DnsServer.start(knot as string, records(one));
    await using door = await gateway(`
services: { users: { discover: { use: dns, name: _users._tcp.internal, type: srv, server: "${server.address}", minTtl: 50ms } } }
routes: { all: { match: { path: /** }, authenticate: none, to: users } }
`);
    const statuses: number[] = [];
    let running = true;
    const clients = Array.from({ length: 8 }, async () => {
      while (running) statuses.push((await door.fetch('/')).status);
    });
    const seen = async (service: EchoService): Promise<void> => {
      const { length } = service.requests;
      await until(() => service.requests.length > length);
    };
    await seen(one);
    await server.serve(records(one, two));
    await seen(two);
    await server.serve(records(two, three));
    await seen(three);
    // Nobody names it any more, and what was under way is through: it may go.
    const answered = statuses.length;
    await until(() => statuses.length > answered + 100);
    const { length } = one.requests;
    await one.close();
    await seen(two);
    await server.kill();
    await sleep(1_500);
    await seen(three);
    await server.serve(records(three));
    await server.run();
    await seen(three);
    running = false;
    await Promise.all(clients);
    expect(one.requests).toHaveLength(length);
    expect(statuses.length).toBeGreaterThan(100);
    expect(new Set(statuses)).toEqual(new Set([200]));
  }, 60_000);
});
