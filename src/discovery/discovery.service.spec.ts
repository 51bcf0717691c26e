import { z } from 'zod';
import { defineDiscovery, ExtensionRegistry, type Address, type Finder, type Surroundings } from '#libs/kernel';
import { p2c } from '#libs/balancing';
import { FakeClock, seededRandom } from '#libs/testing';
import { serviceSchema } from '../config/schema/services.js';
import { ServiceDirectory } from '../services/index.js';
import type { Logger } from '../telemetry/index.js';
import { DiscoveryLog } from './discovery-log.js';
import { DiscoveryService } from './discovery.service.js';

/** The finders of the searches that run, by the name they look for. */
const running = new Map<string, Finder>();
const told = defineDiscovery({
  name: 'told', schema: z.strictObject({ of: z.string(), now: z.array(z.string()).optional() }),
  create: ({ of, now }) => ({
    watch(finder) {
      running.set(of, finder);
      if (now) finder.found(now.map((url) => address(url)));
      return () => { running.delete(of); };
    },
  }),
});
/** One that refuses its options only when it is used. */
const fussy = defineDiscovery({ name: 'fussy', schema: z.strictObject({}), create: () => { throw new Error('no such file: token'); } });
const extensions = new ExtensionRegistry([told, fussy, p2c] as never);
const clock = new FakeClock();
const surroundings: Surroundings = { folder: '/', clock, random: seededRandom(1), resolve: () => { throw new Error('not asked for'); } };
const address = (url: string): Address => ({ url, weight: 1, zone: '', priority: 0 });
const service = (discover: object, targets = '') => serviceSchema(extensions).parse({ targets, discover: { use: 'told', ...discover } });

let directory: ServiceDirectory;
let discovery: DiscoveryService;
let warnings: unknown[];
beforeEach(() => {
  running.clear();
  warnings = [];
  directory = new ServiceDirectory();
  discovery = new DiscoveryService(directory, new DiscoveryLog({ warn: (fields: unknown) => warnings.push(fields) } as unknown as Logger));
});
afterEach(async () => {
  discovery.onApplicationShutdown();
  await directory.onApplicationShutdown();
});

async function apply(configs: Record<string, ReturnType<typeof service>>): Promise<void> {
  const prepared = await discovery.prepare(configs, extensions, surroundings);
  const { adopt } = directory.build({ configs, whereabouts: prepared.whereabouts, extensions, surroundings });
  adopt();
  prepared.adopt();
}
const hosts = (name: string): string[] => (directory.services.get(name)?.targets ?? []).map(({ url }) => url.host);

describe('DiscoveryService', () => {
  it('waits for the first answer of a registry it asks anew', async () => {
    const applied = apply({ users: service({ of: 'users' }) });
    expect(running.size).toBe(1);
    running.get('users')?.found([address('http://a:1')]);
    await applied;
    expect(hosts('users')).toEqual(['a:1']);
  });

  it('goes on without a registry that is away, with the targets of the file', async () => {
    const applied = apply({ users: service({ of: 'users' }, 'http://seed:1') });
    running.get('users')?.lost('refused the connection');
    await applied;
    expect(hosts('users')).toEqual(['seed:1']);
    expect(directory.services.get('users')).toMatchObject({ stale: 'refused the connection', unfound: true });
    running.get('users')?.found([address('http://a:1')]);
    expect(hosts('users')).toEqual(['a:1']);
    expect(directory.services.get('users')).toMatchObject({ stale: null, unfound: false });
  });

  it('a search goes on over reloads, as long as it is configured the same', async () => {
    await apply({ users: service({ of: 'users', now: ['http://a:1'] }) });
    const finder = running.get('users');
    await apply({ users: { ...service({ of: 'users', now: ['http://a:1'] }), slowStart: 1_000 } });
    expect(running.get('users')).toBe(finder);
    finder?.found([address('http://b:1')]);
    expect(hosts('users')).toEqual(['b:1']);
    await apply({ users: service({ of: 'people', now: ['http://c:1'] }) });
    expect([...running.keys()]).toEqual(['people']);
    expect(hosts('users')).toEqual(['c:1']);
    await apply({});
    expect(running.size).toBe(0);
  });

  it('a configuration that came to nothing leaves no search behind, and no change', async () => {
    await apply({ users: service({ of: 'users', now: ['http://a:1'] }) });
    const prepared = await discovery.prepare({ users: service({ of: 'people', now: ['http://b:1'] }) }, extensions, surroundings);
    expect(running.size).toBe(2);
    prepared.discard();
    expect([...running.keys()]).toEqual(['users']);
    expect(hosts('users')).toEqual(['a:1']);
  });

  it('nor does one that could not even begin to look', async () => {
    await apply({ users: service({ of: 'users', now: ['http://a:1'] }) });
    const configs = { users: service({ of: 'users', now: ['http://a:1'] }), people: service({ of: 'people' }), others: service({ use: 'fussy' }) };
    await expect(discovery.prepare(configs, extensions, surroundings)).rejects.toThrow('no such file');
    expect([...running.keys()]).toEqual(['users']);
  });

  it('takes an address once, and tells which it refuses', async () => {
    await apply({ users: service({ of: 'users', now: [] }) });
    running.get('users')?.found([address('http://a:1'), address('http://a:1'), address('http://169.254.169.254')]);
    expect(hosts('users')).toEqual(['a:1']);
    expect(warnings).toEqual([{ service: 'users', errors: [expect.stringContaining('169.254.169.254')] }]);
  });
});
