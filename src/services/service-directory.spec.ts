import { z } from 'zod';
import { defineBalancer, events, ExtensionRegistry, type Address, type Placement, type Surroundings, type Target } from '#libs/kernel';
import { FakeClock, seededRandom } from '#libs/testing';
import type { ServiceConfig } from '../config/index.js';
import { serviceSchema } from '../config/schema/services.js';
import type { LiveService } from './live-service.js';
import { ServiceDirectory } from './service-directory.js';

/** What the balancers of a service were built into. */
let built: Surroundings[] = [];
const noted = defineBalancer({
  name: 'noted', schema: z.strictObject({}),
  create: (_options, surroundings) => { built.push(surroundings); return { pick: ([one]) => one as Target }; },
});
const extensions = new ExtensionRegistry([noted]);
const clock = new FakeClock(1_000);
const surroundings: Surroundings = { clock, random: seededRandom(1), folder: '/', resolve: () => { throw new Error('not asked for'); } };

function service(targets: unknown, settings: Record<string, unknown> = {}): ServiceConfig {
  return serviceSchema(extensions).parse({ targets, balance: { use: 'noted' }, ...settings });
}

describe('ServiceDirectory', () => {
  let directory: ServiceDirectory;
  beforeEach(() => { directory = new ServiceDirectory(); built = []; });
  afterEach(() => directory.onApplicationShutdown());

  function load(services: Record<string, ServiceConfig>): readonly Target[] {
    const { adopt, services: all } = directory.build({ configs: services, whereabouts: new Map(), extensions, surroundings });
    adopt();
    return all.get('users')?.targets ?? [];
  }

  it.each<[string, Record<string, unknown>]>([['zone', { zone: 'b' }], ['priority', { priority: 1 }], ['weight', { weight: 2 }]])('a target with another %s is the same target in another place', (key, change) => {
    const plain = { url: 'http://a:1' };
    const [before] = load({ users: service([plain]) });
    const { adopt } = directory.build({ configs: { users: service([{ ...plain, ...change }]) }, whereabouts: new Map(), extensions, surroundings });
    expect(before).not.toHaveProperty(key, change[key]);
    adopt();
    expect(before).toHaveProperty(key, change[key]);
    expect(directory.services.get('users')?.targets).toEqual([before]);
  });

  it('other connections make another target', () => {
    const [before] = load({ users: service('http://a:1') });
    expect(load({ users: service('http://a:1', { connections: { max: 1 } }) })[0]).not.toBe(before);
  });

  it('a target with other connections has had the tries of the one before: counters do not go down', () => {
    const [before] = load({ users: service('http://a:1') });
    Object.assign(before as Target, { ok: 5, failed: 2 });
    expect(load({ users: service('http://a:1,http://b:1', { connections: { max: 1 } }) })).toMatchObject([{ ok: 5, failed: 2 }, { ok: 0, failed: 0 }]);
  });

  it('who is there from the start is warm, who joins later is cold, other settings change neither', () => {
    const since = (targets: readonly Target[]) => Object.fromEntries(targets.map((target) => [target.url.hostname, target.since]));
    expect(since(load({ users: service('http://a:1,http://b:1') }))).toEqual({ a: null, b: null });
    clock.advance(500);
    const joined = clock.elapsed();
    expect(since(load({ users: service('http://a:1,http://b:1|3,http://c:1') }))).toEqual({ a: null, b: null, c: joined });
    clock.advance(500);
    expect(since(load({ users: service('http://c:1|2,http://a:1') }))).toEqual({ a: null, c: joined });
  });

  it('a service that is new has nobody to compare with: all are warm', () => {
    load({ other: service('http://x:1') });
    clock.advance(500);
    expect(load({ other: service('http://x:1'), users: service('http://a:1') }).map(({ since }) => since)).toEqual([null]);
  });

  describe('with a registry', () => {
    const discovered = (): ServiceConfig => ({ ...service('http://seed:1'), discover: { use: 'any' } });
    const address = (url: string, placement: Partial<Placement> = {}): Address => ({ url, weight: 1, zone: '', priority: 0, ...placement });
    const names = (): string[] => (directory.services.get('users')?.targets ?? []).map(({ url }) => url.hostname);
    const changes: string[] = [];
    let ends: (() => void)[];
    beforeEach(() => {
      changes.length = 0;
      ends = [
        events.targetsChanged.subscribe(({ name }) => changes.push(name)),
        events.discoveryChanged.subscribe(({ stale }) => changes.push(String(stale))),
      ];
    });
    afterEach(() => ends.forEach((end) => end()));

    it('the targets of the file serve until it answers', () => {
      load({ users: discovered() });
      expect(names()).toEqual(['seed']);
      expect(directory.services.get('users')?.unfound).toBe(true);
      expect(directory.found('users', [address('http://a:1'), address('http://b:1')], clock)).toEqual([]);
      expect(names()).toEqual(['a', 'b']);
      expect(directory.services.get('users')?.unfound).toBe(false);
      expect(changes).toEqual(['users']);
    });

    it('a reload goes on with what was found last', () => {
      load({ users: discovered() });
      const { adopt } = directory.build({ configs: { users: discovered() }, whereabouts: new Map([['users', { found: [address('http://a:1')], stale: 'away' }]]), extensions, surroundings });
      adopt();
      expect(names()).toEqual(['a']);
      expect(directory.services.get('users')?.stale).toBe('away');
    });

    it('who stays keeps its target, who comes back in time too', () => {
      load({ users: discovered() });
      directory.found('users', [address('http://a:1'), address('http://b:1')], clock);
      const [a, b] = (directory.services.get('users') as LiveService).targets;
      directory.found('users', [address('http://b:1', { weight: 9 })], clock);
      expect(directory.services.get('users')?.targets).toEqual([b]);
      expect(b?.weight).toBe(9);
      directory.found('users', [address('http://a:1'), address('http://b:1')], clock);
      expect(directory.services.get('users')?.targets[0]).toBe(a);
    });

    it.each([
      ['not an address', 'not an address'], ['http://', 'http://'], ['ftp://a', 'ftp://a'], ['file:///etc/passwd', 'file:///etc/passwd'], ['a:1', 'a:1'],
      ['http://user:word@169.254.169.254/base', 'http://169.254.169.254/base'], ['http://user:word@b:2', 'http://b:2'],
      ['http://b:2/?key=word', 'http://b:2/'], ['http://b:2/#word', 'http://b:2/'],
    ])('%s from a registry is refused by name, without what may be secret in it', (url, shown) => {
      load({ users: service('http://a:1') });
      const [said = '', ...more] = directory.found('users', [address(url), address('http://b:1')], clock);
      expect(directory.services.get('users')?.targets.map(({ url: { host } }) => host)).toEqual(['b:1']);
      expect([said, more]).toEqual([expect.stringContaining(shown), []]);
      expect(said).not.toContain('word');
    });

    it('a refused address is left out, the others serve', () => {
      load({ users: discovered() });
      expect(directory.found('users', [address('http://169.254.169.254'), address('http://b:1')], clock)).toEqual([expect.stringContaining('metadata')]);
      expect(names()).toEqual(['b']);
    });

    it('a lost registry leaves the targets, and is told once', () => {
      load({ users: discovered() });
      directory.found('users', [address('http://a:1')], clock);
      directory.lost('users', 'refused');
      directory.lost('users', 'refused');
      expect(names()).toEqual(['a']);
      expect(directory.services.get('users')?.stale).toBe('refused');
      directory.found('users', [address('http://a:1')], clock);
      expect(changes).toEqual(['users', 'refused', 'null', 'users']);
    });
  });

  it('a balancer knows the name of its service, and weighs only where there is a slow start', () => {
    const [cold] = load({ users: service('http://a:1|10'), slow: service('http://a:1', { slowStart: '10s' }) });
    (cold as Target).since = clock.elapsed();
    const [users, slow] = built as [Surroundings, Surroundings];
    expect([users.name, users.weigh]).toEqual(['users', undefined]);
    expect([slow.name, slow.weigh?.(cold as Target)]).toEqual(['slow', 1]);
  });
});
