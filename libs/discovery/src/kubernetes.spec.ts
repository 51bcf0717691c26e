import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, type Clock, type Surroundings } from '#libs/kernel';
import { discoveryContract, echoService, seededRandom } from '#libs/testing';
import { Authority } from '../../../test/support/certificates.js';
import { KubernetesApi, type Pod, type SliceBody } from '../../../test/support/kubernetes-api.js';
import { kubernetes } from './kubernetes.js';
import { Notes } from './kubernetes.fixture.js';

const PORTS = [{ name: 'http', port: 8080, protocol: 'TCP' }];
const slice = (endpoints: readonly (string | Pod)[], more: Partial<SliceBody> = {}): SliceBody => ({
  service: 'users', ports: PORTS, ...more,
  endpoints: endpoints.map((pod) => (typeof pod === 'string' ? { addresses: [pod], conditions: { ready: true } } : pod)),
});

function surroundings(clock: Clock = systemClock): Surroundings {
  return { clock, random: seededRandom(3), folder: '/nowhere', resolve: () => { throw new Error('not asked for'); } };
}

/** To it every watch lasts long, so that each goes on where the one before ended. */
function hurried(): Clock {
  let elapsed = 0;
  return { now: () => 0, elapsed: () => (elapsed += 60_000) };
}

async function until(holds: () => boolean, state: () => unknown): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    if (waited > 10_000) throw new Error(`This did not come about: ${holds.toString()}; instead ${JSON.stringify(state())}`);
    await sleep(10);
  }
}

discoveryContract('kubernetes', async () => {
  const api = await KubernetesApi.start();
  return {
    carries: { weight: false, zone: true, priority: false },
    notice: 400,
    discovery: () => kubernetes.create(kubernetes.schema.parse({ service: 'users', ...api.options }), surroundings()),
    announce: (instances) => {
      api.put('users-a', slice(instances.map(({ url, zone = '' }) => ({ addresses: [new URL(url).hostname], conditions: { ready: true }, zone }))));
      return Promise.resolve();
    },
    break: () => api.down(),
    mend: () => api.up(),
    close: () => api[Symbol.asyncDispose](),
  };
});

describe('kubernetes', () => {
  let api: KubernetesApi;
  let notes: Notes;
  let stops: (() => void)[];
  beforeEach(async () => {
    api = await KubernetesApi.start();
    notes = new Notes();
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops) stop();
    await api[Symbol.asyncDispose]();
  });

  function watch(options: Record<string, unknown> = {}, clock: Clock = hurried()): void {
    stops.push(kubernetes.create(kubernetes.schema.parse({ service: 'users', ...api.options, ...options }), surroundings(clock)).watch(notes));
  }
  /** Waits for it to be told last. */
  const hears = (what: string): Promise<void> => until(() => notes.told.at(-1)?.startsWith(what) === true, () => notes.told);
  const asked = (verb: string) => api.asked.filter((one) => one.verb === verb);
  const watched = (times: number): Promise<void> => until(() => asked('watch').length >= times && api.watching === 1, () => api.asked);
  const versions = (): number[] => asked('watch').map(({ query }) => Number(query['resourceVersion']));

  it('asks for the slices of one service, and goes on watching from there', async () => {
    api.put('others-a', slice(['10.0.0.9'], { service: 'others' }));
    api.put('users-a', slice(['10.0.0.1']));
    watch();
    await hears('10.0.0.1:8080');
    await watched(1);
    const place = { group: 'discovery.k8s.io', resource: 'endpointslices', namespace: 'shop' };
    expect(api.asked).toEqual([
      { verb: 'list', ...place, query: { labelSelector: 'kubernetes.io/service-name=users', limit: '50' } },
      { verb: 'watch', ...place, query: {
        labelSelector: 'kubernetes.io/service-name=users', watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '1002', timeoutSeconds: expect.stringMatching(/^(1[5-9]\d|2\d\d|300)$/) as string,
      } },
    ]);
    expect(notes.told).toHaveLength(1);
  });

  it('follows a rollout: ready, ending, gone, over several slices', async () => {
    const pod = (address: string, ready: boolean, terminating = false, zone = ''): Pod => ({ addresses: [address], conditions: { ready, serving: ready || terminating, terminating }, zone });
    api.put('users-a', slice([pod('10.0.0.1', true, false, 'eu-1')]));
    watch();
    await hears('10.0.0.1:8080');
    expect(notes.last.map(({ zone }) => zone)).toEqual(['eu-1']);
    await watched(1);
    api.put('users-b', slice([pod('10.0.0.2', false)]));
    api.put('users-b', slice([pod('10.0.0.2', true)]));
    await hears('10.0.0.1:8080 10.0.0.2:8080');
    api.put('users-a', slice([pod('10.0.0.1', false, true)]));
    await hears('10.0.0.2:8080');
    api.put('users-b', slice([pod('10.0.0.2', false, true)]));
    await hears('10.0.0.1:8080 10.0.0.2:8080');
    api.remove('users-a');
    await hears('10.0.0.2:8080');
    api.remove('users-b');
    await until(() => notes.told.at(-1) === '', () => notes.told);
    expect(notes.told).toHaveLength(6);
    expect(asked('list')).toHaveLength(1);
  });

  it.each([['page by page', false, 3], ['at once, when the server cannot go on', true, 3]])('lists %s', async (_, forgetful, lists) => {
    api.forgetful = forgetful;
    for (let index = 0; index < 120; index++) api.put(`users-${index}`, slice([`10.0.0.${index}`]));
    watch();
    await until(() => notes.last.length === 120, () => notes.told);
    expect(notes.told).toHaveLength(1);
    expect(asked('list')).toHaveLength(lists);
    expect(asked('list').at(-1)?.query['limit']).toBe(forgetful ? undefined : '50');
  });

  it('more slices than make sense are a reason, listed or watched', async () => {
    for (let index = 0; index < 1_000; index++) api.put(`users-${index}`, slice([`10.0.${index >> 8}.${index & 255}`]));
    watch();
    await until(() => notes.last.length === 1_000, () => notes.told);
    await watched(1);
    api.put('users-more', slice(['10.1.0.1']));
    await hears(`lost: the API server ${api.url} cannot be asked: there are more than 1000 EndpointSlices`);
    expect(notes.last).toHaveLength(1_000);
  });

  describe('a watch', () => {
    /** Connections that keep this process alive; other specs may have left some. */
    const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => /^(?:TCPSocket|TLS)/.test(kind)).length;
    let before: number;
    beforeEach(async () => {
      before = sockets();
      api.put('users-a', slice(['10.0.0.1']));
      watch();
      await watched(1);
    });
    afterEach(() => expect(notes.told.filter((told) => told.startsWith('lost'))).toEqual([]));

    it('that is cut within a line goes on after the last whole one', async () => {
      api.put('users-b', slice(['10.0.0.2']));
      await hears('10.0.0.1:8080 10.0.0.2:8080');
      api.say('{"type":"DELETED","object":{"metadata":{"name":"users-');
      await sleep(50);
      api.cut();
      api.put('users-b', slice(['10.0.0.3']));
      await hears('10.0.0.1:8080 10.0.0.3:8080');
      expect(notes.told).toHaveLength(3);
      expect(versions()).toEqual([1_001, 1_002]);
      expect(asked('list')).toHaveLength(1);
    });

    it('takes a line that comes in pieces', async () => {
      const object = { metadata: { name: 'users-b', resourceVersion: '1100' }, addressType: 'IPv4', ports: PORTS, endpoints: [{ addresses: ['10.0.0.2'] }] };
      for (const piece of `${JSON.stringify({ type: 'ADDED', object })}\n`.match(/[^]{1,60}/g) as string[]) {
        api.say(piece);
        await sleep(5);
      }
      await hears('10.0.0.1:8080 10.0.0.2:8080');
    });

    it('goes on from a bookmark', async () => {
      api.bookmark();
      // Nothing shows that it was heard of: several turns for it to arrive in, also where time stands still in one.
      for (let i = 0; i < 10; i++) await sleep(20);
      api.compact();
      api.cut();
      await watched(2);
      expect(versions()).toEqual([1_001, 1_011]);
      expect(asked('list')).toHaveLength(1);
    });

    it.each<[string, () => void]>([
      ['ends with 410 Gone', () => api.expire()],
      ['begins with 410 Gone', () => { api.put('users-c', slice([])); api.cut(); api.compact(); api.bookmark(); }],
      ['tells nonsense', () => api.say('<html>\n')],
    ])('that %s is followed by a list', async (_, happens) => {
      happens();
      await until(() => asked('list').length === 2, () => api.asked);
      await until(() => api.watching === 1, () => api.asked);
      api.put('users-b', slice(['10.0.0.2']));
      await hears('10.0.0.1:8080 10.0.0.2:8080');
      expect(notes.told).toHaveLength(2);
    });

    it('that ends when its time is up is followed by the next', async () => {
      api.finish();
      await watched(2);
      expect(asked('list')).toHaveLength(1);
    });

    it('that is refused with 410 Gone is followed by a list, which knows what went meanwhile', async () => {
      api.put('users-b', slice(['10.0.0.2']));
      await hears('10.0.0.1:8080 10.0.0.2:8080');
      api.failing = { status: 410, verb: 'watch' };
      api.cut();
      api.remove('users-a');
      await hears('10.0.0.2:8080');
      api.failing = null;
      await until(() => api.watching === 1, () => api.asked);
    });

    it('does not keep the process alive', async () => {
      await until(() => sockets() <= before, () => process.getActiveResourcesInfo());
      expect(api.watching).toBe(1);
    });
  });

  it.each(['expire', 'finish'] as const)('a watch that is over at once (%s) is followed by a list, less and less often', async (how) => {
    api.put('users-a', slice(['10.0.0.1']));
    const expiring = setInterval(() => api[how](), 5);
    const began = performance.now();
    stops.push(() => clearInterval(expiring));
    watch({}, { now: () => 0, elapsed: () => 0 });
    await until(() => asked('list').length >= 4, () => api.asked);
    // At least half of 250, 500 and 1000 ms.
    expect(performance.now() - began).toBeGreaterThan(850);
    expect(notes.told).toEqual(['10.0.0.1:8080']);
  });

  it('the last known pods stay while the server is away; what changed meanwhile is found', async () => {
    api.put('users-a', slice(['10.0.0.1']));
    watch();
    await watched(1);
    await api.down();
    await hears(`lost: the API server ${api.url} cannot be asked: `);
    api.put('users-a', slice(['10.0.0.2']));
    await sleep(300);
    expect(notes.told.filter((told) => !told.startsWith('lost'))).toEqual(['10.0.0.1:8080']);
    await api.up();
    await hears('10.0.0.2:8080');
  });

  it('reads the token again for every connection', async () => {
    api.put('users-a', slice(['10.0.0.1']));
    watch();
    await watched(1);
    await api.rotate();
    api.put('users-a', slice(['10.0.0.2']));
    await hears('10.0.0.2:8080');
    api.cut();
    await watched(2);
    api.put('users-a', slice(['10.0.0.3']));
    await hears('10.0.0.3:8080');
    expect(notes.told).toEqual(['10.0.0.1:8080', '10.0.0.2:8080', '10.0.0.3:8080']);
  });

  it('a token that is no good is a reason, until there is another one', async () => {
    api.put('users-a', slice(['10.0.0.1']));
    await writeFile(join(api.folder, 'token'), 'stolen-and-long-expired');
    watch();
    await hears(`lost: the API server does not accept the token in ${join(api.folder, 'token')} (401): Unauthorized`);
    await api.rotate();
    await hears('10.0.0.1:8080');
    expect(notes.told.join()).not.toContain('stolen');
  });

  it.each(['list', 'watch'] as const)('says that the verb %s is denied, and works once it is allowed', async (verb) => {
    api.put('users-a', slice(['10.0.0.1']));
    api.denied.add(verb);
    watch();
    await hears(`lost: the gateway may not ${verb} endpointslices of discovery.k8s.io in the namespace shop (403): a Role there has to allow the verb ${verb}, see deploy/kubernetes/base/rbac.yaml: endpointslices.discovery.k8s.io is forbidden`);
    await until(() => asked(verb).length >= 3, () => api.asked);
    expect(notes.told).toHaveLength(verb === 'list' ? 1 : 2);
    api.denied.clear();
    await hears('10.0.0.1:8080');
  });

  it('a foreign namespace needs its own Role', async () => {
    watch({ namespace: 'bank' });
    await hears('lost: the gateway may not list endpointslices of discovery.k8s.io in the namespace bank (403)');
  });

  it.each<[string, number, string]>([
    ['says what another answer was', 500, 'lost: the API server answered the list of endpointslices with 500: made to fail'],
    ['knows what 404 means', 404, 'lost: the API server does not know EndpointSlices of discovery.k8s.io/v1 (404), which came with Kubernetes 1.21: made to fail'],
  ])('%s, and asks again', async (_, status, why) => {
    api.put('users-a', slice(['10.0.0.1']));
    api.failing = { status };
    watch();
    await until(() => asked('list').length >= 3, () => api.asked);
    expect(notes.told).toEqual([why]);
    api.failing = null;
    await hears('10.0.0.1:8080');
  });

  it('waits as long as it is asked to', async () => {
    api.failing = { status: 429, retryAfter: '2' };
    watch();
    await hears('lost');
    await sleep(1_000);
    expect(asked('list')).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['is not there', () => rm(join(api.folder, 'token')), /ENOENT.*token/],
    ['is empty', () => writeFile(join(api.folder, 'token'), '\n'), /token holds no token/],
    ['has two lines', () => writeFile(join(api.folder, 'token'), 'one\r\nx-evil: two'), /token holds no token/],
  ])('a token file that %s is a reason', async (_, spoil, why) => {
    await spoil();
    watch();
    await hears('lost');
    expect(notes.told[0]).toMatch(why);
    expect(api.asked).toEqual([]);
  });

  it('trusts the certificates of the file only, which may come later', async () => {
    api.put('users-a', slice(['10.0.0.1']));
    const ca = join(api.folder, 'other.crt');
    await using other = await Authority.create('somebody else');
    await writeFile(ca, other.cert);
    watch({ ca });
    await hears('lost');
    expect(notes.told[0]).toMatch(/certificate/);
    expect(api.asked).toEqual([]);
    await copyFile(join(api.folder, 'ca.crt'), ca);
    await hears('10.0.0.1:8080');
  });

  it('a choice that is missing is a reason, and ends with the reason for it', async () => {
    api.put('users-a', slice(['10.0.0.1'], { ports: [...PORTS, { name: 'metrics', port: 9090 }] }));
    watch();
    await hears('lost: the Service users has several ports, choose one with `port`: http (8080), metrics (9090)');
    await watched(1);
    api.put('users-a', slice(['10.0.0.1']));
    await hears('10.0.0.1:8080');
  });

  it('sends no token over plain http, and takes odd answers for a loss', async () => {
    await using proxy = await echoService((_request, response) => { response.end('<html>'); });
    watch({ server: proxy.url });
    await hears(`lost: the API server ${proxy.url} cannot be asked: its answer is no list of EndpointSlices`);
    expect(proxy.requests[0]?.headers.authorization).toBeUndefined();
    expect(proxy.requests[0]?.url).toContain('/namespaces/shop/');
  });
});
