import { z } from 'zod';
import { defineBalancer, ExtensionRegistry, type Surroundings, type Target } from '#libs/kernel';
import { FakeClock, seededRandom } from '#libs/testing';
import type { ServiceConfig } from '../config/index.js';
import { serviceSchema } from '../config/schema/services.js';
import { ServiceDirectory } from './service-directory.js';

/** What the balancers of a service were built into. */
let built: Surroundings[] = [];
const noted = defineBalancer({
  name: 'noted', schema: z.strictObject({}),
  create: (_options, surroundings) => { built.push(surroundings); return { pick: ([one]) => one as Target }; },
});
const extensions = new ExtensionRegistry([noted]);
const clock = new FakeClock(1_000);
const surroundings: Surroundings = { clock, random: seededRandom(1), resolve: () => { throw new Error('not asked for'); } };

function service(targets: unknown, settings: Record<string, unknown> = {}): ServiceConfig {
  return serviceSchema(extensions).parse({ targets, balance: { use: 'noted' }, ...settings });
}

describe('ServiceDirectory', () => {
  let directory: ServiceDirectory;
  beforeEach(() => { directory = new ServiceDirectory(); built = []; });
  afterEach(() => directory.onApplicationShutdown());

  function load(services: Record<string, ServiceConfig>): readonly Target[] {
    const { adopt, services: all } = directory.build(services, extensions, surroundings);
    adopt();
    return all.get('users')?.targets ?? [];
  }

  it.each<[string, Record<string, unknown>]>([['zone', { zone: 'b' }], ['priority', { priority: 1 }], ['weight', { weight: 2 }]])('a target with another %s is another target', (key, change) => {
    const plain = { url: 'http://a:1' };
    const [before] = load({ users: service([plain]) });
    expect(load({ users: service([plain]) })[0]).toBe(before);
    const [after] = load({ users: service([{ ...plain, ...change }]) });
    expect(after).not.toBe(before);
    expect(after).toHaveProperty(key, change[key]);
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

  it('a balancer knows the name of its service, and weighs only where there is a slow start', () => {
    const [cold] = load({ users: service('http://a:1|10'), slow: service('http://a:1', { slowStart: '10s' }) });
    (cold as Target).since = clock.elapsed();
    const [users, slow] = built as [Surroundings, Surroundings];
    expect([users.name, users.weigh]).toEqual(['users', undefined]);
    expect([slow.name, slow.weigh?.(cold as Target)]).toEqual(['slow', 1]);
  });
});
