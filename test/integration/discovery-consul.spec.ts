import { consul } from '#libs/discovery';
import { events, systemClock, type Address, type DiscoveryState } from '#libs/kernel';
import { discoveryContract, echoService, until, type Announced, type EchoService } from '#libs/testing';
import { ConsulAgent, findConsul, type Registration } from '../support/consul.js';
import { gateway } from '../support/gateway.js';

const binary = await findConsul();
const described = binary === null ? describe.skip : describe;
const start = (options?: { masterToken: string }): Promise<ConsulAgent> => ConsulAgent.start(binary as string, options);

function discovery(options: Record<string, unknown>) {
  return consul.create(consul.schema.parse(options), { name: 'shop', folder: '/', clock: systemClock, random: Math.random, resolve: () => { throw new Error('not asked for'); } });
}

/** What a discovery says last, in order of the addresses. */
class Heard implements Disposable {
  list: readonly Address[] | null = null;
  why: string | null = null;
  readonly #stop: () => void;

  constructor(options: Record<string, unknown>) {
    this.#stop = discovery(options).watch({
      found: (addresses) => {
        this.list = addresses.toSorted((a, b) => (a.url < b.url ? -1 : 1));
        this.why = null;
      },
      lost: (why) => { this.why = why; },
    });
  }

  get urls(): string | undefined {
    return this.list?.map(({ url }) => url).join(' ');
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

if (binary !== null) {
  let shared: ConsulAgent | null = null;
  afterAll(() => shared?.[Symbol.asyncDispose]());

  discoveryContract('consul', async () => {
    const agent = shared ??= await start();
    const known = new Set<string>();
    const announce = async (instances: readonly Announced[]): Promise<void> => {
      const wanted = new Map(instances.map((instance) => [new URL(instance.url).hostname, registration(instance)]));
      for (const id of known) if (!wanted.has(id)) await agent.deregister(id);
      for (const instance of wanted.values()) await agent.register(instance);
      known.clear();
      for (const id of wanted.keys()) known.add(id);
    };
    return {
      carries: { weight: true, zone: true, priority: true },
      notice: 600,
      discovery: () => discovery({ address: agent.url }),
      announce,
      break: () => agent.kill(),
      mend: () => agent.restart(),
      async close() {
        await agent.restart();
        await announce([]);
      },
    };
  });
}

function registration({ url, weight = 1, zone, priority }: Announced): Registration {
  const { hostname, port } = new URL(url);
  const Meta = { ...(zone === undefined ? {} : { zone }), ...(priority === undefined ? {} : { priority: String(priority) }) };
  return { ID: hostname, Name: 'shop', Address: hostname, Port: Number(port), Meta, Weights: { Passing: weight, Warning: 1 } };
}

described('what Consul says of the instances of a service', () => {
  let agent: ConsulAgent;
  beforeAll(async () => { agent = await start(); }, 620_000);
  afterAll(() => agent[Symbol.asyncDispose]());

  /** Without a fresh name, one test would see what another registered. */
  let name = '';
  let count = 0;
  beforeEach(() => { name = `shop-${++count}`; });
  const instance = (id: number, more: Record<string, unknown> = {}): Promise<void> => agent.register({ ID: `${name}-${id}`, Name: name, Address: '127.0.0.1', Port: 8000 + id, ...more });
  const hear = (options: Record<string, unknown> = {}): Heard => new Heard({ address: agent.url, service: name, ...options });
  const check = (status: string): Record<string, unknown> => ({ Check: { CheckID: `check-${name}`, TTL: '1h', Status: status } });

  it('a failing check takes an instance out, and a good one lets it in again', async () => {
    await instance(1);
    await instance(2, check('passing'));
    using heard = hear();
    await until(() => heard.urls === 'http://127.0.0.1:8001 http://127.0.0.1:8002');
    await agent.call('PUT', `/v1/agent/check/fail/check-${name}`);
    await until(() => heard.urls === 'http://127.0.0.1:8001');
    await agent.call('PUT', `/v1/agent/check/pass/check-${name}`);
    await until(() => heard.urls === 'http://127.0.0.1:8001 http://127.0.0.1:8002');
    expect(heard.why).toBeNull();
  });

  it('a check that warns counts as the file says, by the weight for it', async () => {
    await instance(1, { Weights: { Passing: 7, Warning: 2 }, ...check('warning') });
    using strict = hear();
    using lenient = hear({ passing: false });
    await until(() => lenient.list?.[0]?.weight === 2 && strict.list !== null);
    expect(strict.urls).toBe('');
    await agent.call('PUT', `/v1/agent/check/pass/check-${name}`);
    await until(() => lenient.list?.[0]?.weight === 7 && strict.list?.[0]?.weight === 7);
    await agent.call('PUT', `/v1/agent/check/fail/check-${name}`);
    await until(() => lenient.urls === '' && strict.urls === '');
  });

  it('an instance in maintenance gets nothing', async () => {
    await instance(1);
    await instance(2);
    using heard = hear({ passing: false });
    await until(() => heard.list?.length === 2);
    await agent.call('PUT', `/v1/agent/service/maintenance/${name}-1?enable=true&reason=tests`);
    await until(() => heard.urls === 'http://127.0.0.1:8002');
  });

  it('all of the tags have to be there', async () => {
    await instance(1, { Tags: ['v1', 'green'] });
    await instance(2, { Tags: ['v1'] });
    await instance(3, { Tags: ['v2', 'green'] });
    using heard = hear({ tags: ['v1', 'green'] });
    await until(() => heard.list !== null);
    expect(heard.urls).toBe('http://127.0.0.1:8001');
    await instance(2, { Tags: ['green', 'v1', 'more'] });
    await until(() => heard.urls === 'http://127.0.0.1:8001 http://127.0.0.1:8002');
  });

  it('addresses and zones of machines stand in for those of instances', async () => {
    const at = (Node: string, Address: string, Service: Record<string, unknown>): Promise<string> =>
      agent.call('PUT', '/v1/catalog/register', { Node, Address, NodeMeta: { zone: `zone-of-${Node}` }, Service: { Service: name, ...Service } });
    await at('one', '10.0.0.1', { Port: 80 });
    await at('two', '2001:db8::2', { Port: 80, Meta: { zone: 'own', scheme: 'https', path: '/base', priority: '3' } });
    await at('three', '10.0.0.3', { Port: 80, Address: 'instance.example.test' });
    using heard = hear();
    await until(() => heard.list?.length === 3);
    expect(heard.list).toEqual([
      { url: 'http://10.0.0.1:80', weight: 1, zone: 'zone-of-one', priority: 0 },
      { url: 'http://instance.example.test:80', weight: 1, zone: 'zone-of-three', priority: 0 },
      { url: 'https://[2001:db8::2]:80/base', weight: 1, zone: 'own', priority: 3 },
    ]);
    using byDatacenter = hear({ zone: 'datacenter' });
    await until(() => byDatacenter.list?.length === 3);
    expect(new Set(byDatacenter.list?.map(({ zone }) => zone))).toEqual(new Set(['dc1']));
  });

  it('a data centre that is not there is no empty one', async () => {
    await instance(1);
    using heard = hear({ datacenter: 'nowhere' });
    await until(() => heard.why !== null);
    expect(heard.why).toBe(`Consul at ${agent.url} answers 500 (No path to datacenter)`);
    expect(heard.list).toBeNull();
    using here = hear({ datacenter: 'dc1' });
    await until(() => here.urls === 'http://127.0.0.1:8001');
  });
});

described('a Consul with access control', () => {
  it('tells who has a token, and a token that is refused is no empty list', async () => {
    const masterToken = 'the-token-of-this-test';
    await using agent = await start({ masterToken });
    await agent.register({ Name: 'shop', Address: '127.0.0.1', Port: 8001 });
    using known = new Heard({ address: agent.url, token: masterToken });
    using wrong = new Heard({ address: agent.url, token: 'another-token' });
    await until(() => known.urls === 'http://127.0.0.1:8001' && wrong.why !== null);
    expect(wrong.list).toBeNull();
    expect(wrong.why).toBe(`Consul at ${agent.url} refuses the token (ACL not found); \`discover.token\` has to be one that may read this`);
    // This Consul lets everybody ask, and shows nothing: it cannot be told from a service without instances.
    using anonymous = new Heard({ address: agent.url });
    await until(() => anonymous.list !== null);
    expect(anonymous.urls).toBe('');
  }, 120_000);
});

const file = (agent: ConsulAgent): string => `version: 1
log: { level: silent, access: off }
services: { shop: { discover: { use: consul, address: "${agent.url}" } } }
routes: { shop: { match: { path: /** }, to: shop, authenticate: none } }
`;

/** Starts an instance that says who it is, and registers it. */
async function instance(agent: ConsulAgent, name: string): Promise<EchoService & { readonly name: string }> {
  const echo = await echoService((_request, response) => response.end(name));
  await agent.register({ ID: name, Name: 'shop', Address: '127.0.0.1', Port: Number(new URL(echo.url).port) });
  return Object.assign(echo, { name });
}

described('T4: a gateway that asks Consul', () => {
  it('loses no request while instances come and go', async () => {
    await using agent = await start();
    const running = [await instance(agent, 'i0'), await instance(agent, 'i1')];
    await using gw = await gateway(file(agent));
    const answers: string[] = [];
    let more = true;
    const client = async (): Promise<void> => {
      while (more) {
        const { status, text } = await gw.fetch('/');
        answers.push(status === 200 ? text : `${status} ${text}`);
      }
    };
    const clients = [client(), client(), client()];
    const answersBy = (name: string): Promise<true> => until(() => answers.slice(-60).includes(name));
    for (let round = 2; round < 6; round++) {
      running.push(await instance(agent, `i${round}`));
      await answersBy(`i${round}`);
      const leaving = running.shift() as Awaited<ReturnType<typeof instance>>;
      await agent.deregister(leaving.name);
      await until(() => answers.length > 100 && !answers.slice(-100).includes(leaving.name));
      await leaving.close();
    }
    more = false;
    await Promise.all(clients);
    expect(answers.filter((answer) => !/^i\d$/.test(answer))).toEqual([]);
    expect(new Set(answers)).toEqual(new Set(['i0', 'i1', 'i2', 'i3', 'i4', 'i5']));
    await Promise.all(running.map((echo) => echo.close()));
  }, 120_000);

  it('goes on with what it knew while Consul is away, says so, and is up to date soon after', async () => {
    await using agent = await start();
    const first = await instance(agent, 'first');
    await using gw = await gateway(file(agent));
    const states: DiscoveryState[] = [];
    const unsubscribe = events.discoveryChanged.subscribe((state) => states.push(state));
    await agent.kill();
    await until(() => states.length > 0);
    expect(states).toEqual([{ service: 'shop', stale: expect.stringMatching(/^Consul at http:\/\/127\.0\.0\.1:\d+ (?:closed|refuses) the connection$/) as unknown }]);
    for (let request = 0; request < 20; request++) expect((await gw.fetch('/')).text).toBe('first');
    await agent.restart();
    await until(() => states.at(-1)?.stale === null);
    await using second = await instance(agent, 'second');
    await until(async () => (await gw.fetch('/')).text === second.name);
    unsubscribe();
    await first.close();
  }, 120_000);

  it('starts without Consul, and serves once it is there', async () => {
    await using agent = await start();
    await using shop = await instance(agent, 'late');
    await agent.kill();
    await using gw = await gateway(file(agent));
    expect((await gw.fetch('/')).status).toBe(503);
    await agent.restart();
    await until(async () => (await gw.fetch('/')).text === shop.name);
  }, 120_000);
});
