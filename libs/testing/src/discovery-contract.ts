import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, Discovery, Finder } from '#libs/kernel';

/** An instance as a registry is told of it; what is left out has its default. */
export type Announced = Partial<Address> & { readonly url: string };

/** A registry, empty at first, that a test holds in its hands. */
export interface DiscoveryHarness {
  /** Which fields of an address the registry knows of; the others keep their defaults. */
  readonly carries: { readonly weight: boolean; readonly zone: boolean; readonly priority: boolean };
  /** Milliseconds after which a change has surely been noticed. */
  readonly notice: number;
  /** Another discovery each time, of the same registry. */
  discovery(): Discovery;
  /** Makes the registry hold exactly these instances. All have port 8080 and an address of 127.0.0.0/8. */
  announce(instances: readonly Announced[]): Promise<void>;
  /** The registry cannot be asked, or answers with nonsense. */
  break(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds for something to happen that has to. */
const PATIENCE = 15_000;

const A: Announced = { url: 'http://127.0.0.1:8080' };
const B: Announced = { url: 'http://127.0.0.2:8080' };
const C: Announced = { url: 'http://127.0.0.3:8080' };

/** Takes down what a discovery tells. */
class Listener implements Finder {
  readonly lists: Address[][] = [];
  readonly reasons: string[] = [];
  /** `found` and `lost` in the order in which they were told. */
  readonly told: ('found' | 'lost')[] = [];

  found(addresses: readonly Address[]): void {
    this.told.push('found');
    this.lists.push(inOrder(addresses));
  }

  lost(why: string): void {
    this.told.push('lost');
    this.reasons.push(why);
  }

  async hears(expected: Address[], times = 1): Promise<void> {
    await until(() => this.told.at(-1) === 'found' && this.lists.length >= times && JSON.stringify(this.lists.at(-1)) === JSON.stringify(expected), this);
  }

  async loses(): Promise<void> {
    await until(() => this.told.at(-1) === 'lost', this);
  }
}

/** What every discovery has to keep to, whatever its registry. */
export function discoveryContract(name: string, open: () => Promise<DiscoveryHarness>): void {
  describe(`${name} as a discovery`, () => {
    let registry: DiscoveryHarness;
    let listener: Listener;
    let stops: (() => void)[];

    beforeEach(async () => {
      registry = await open();
      listener = new Listener();
      stops = [];
    }, 60_000);
    afterEach(async () => {
      for (const stop of stops) stop();
      await registry.close();
    }, 30_000);

    const watch = (): (() => void) => {
      const stop = registry.discovery().watch(listener);
      stops.push(stop);
      return stop;
    };
    const seen = (...instances: Announced[]): Address[] => inOrder(instances.map((instance) => withDefaults(instance, registry.carries)));

    it('finds what is there, and what comes and goes', async () => {
      await registry.announce([A, B]);
      watch();
      await listener.hears(seen(A, B));
      await registry.announce([A, B, C]);
      await listener.hears(seen(A, B, C));
      await registry.announce([C]);
      await listener.hears(seen(C));
      expect(listener.reasons).toEqual([]);
    }, 60_000);

    it('takes an empty list for an answer', async () => {
      await registry.announce([]);
      watch();
      await listener.hears([]);
      await registry.announce([A]);
      await listener.hears(seen(A));
      await registry.announce([]);
      await listener.hears([]);
      expect(listener.reasons).toEqual([]);
    }, 60_000);

    it('tells the same list once', async () => {
      await registry.announce([A, B]);
      watch();
      await listener.hears(seen(A, B));
      await registry.announce([B, A]);
      await sleep(registry.notice);
      expect(listener.told).toEqual(['found']);
    }, 60_000);

    it.each([
      ['weight', { weight: 3 }, { weight: 7 }],
      ['zone', { zone: 'eu-1' }, { zone: 'eu-2' }],
      ['priority', { priority: 1 }, { priority: 2 }],
    ] as const)('carries the %s and its changes, where the registry has one', async (field, before, after) => {
      if (!registry.carries[field]) return;
      await registry.announce([A, { ...B, ...before }]);
      watch();
      await listener.hears(seen(A, { ...B, ...before }));
      await registry.announce([A, { ...B, ...after }]);
      await listener.hears(seen(A, { ...B, ...after }));
    }, 60_000);

    it('is lost while the registry is broken, and finds the same again', async () => {
      await registry.announce([A, B]);
      watch();
      await listener.hears(seen(A, B));
      await registry.break();
      await listener.loses();
      await sleep(registry.notice);
      expect(listener.told.slice(1)).not.toContain('found');
      expectReasons(listener.reasons);
      await registry.mend();
      await listener.hears(seen(A, B), 2);
      expect(listener.lists).toHaveLength(2);
    }, 60_000);

    it('begins with a broken registry', async () => {
      await registry.announce([A]);
      await registry.break();
      watch();
      await listener.loses();
      expectReasons(listener.reasons);
      expect(listener.lists).toEqual([]);
      await registry.mend();
      await listener.hears(seen(A));
    }, 60_000);

    it.each(['well', 'broken'])('is silent once stopped, with the registry %s, and holds nothing open', async (state) => {
      await registry.announce([A]);
      if (state === 'broken') await registry.break();
      const before = process.getActiveResourcesInfo();
      const stop = watch();
      await until(() => listener.told.length > 0, listener);
      stop();
      stop();
      const { length } = listener.told;
      await (state === 'broken' ? registry.mend() : registry.announce([B]));
      await sleep(registry.notice);
      expect(listener.told).toHaveLength(length);
      if (state === 'well') await until(() => added(before).length === 0, added(before));
    }, 60_000);

    it('can be stopped before anything is told', async () => {
      await registry.announce([A]);
      watch()();
      await sleep(registry.notice);
      expect(listener.told).toEqual([]);
    }, 60_000);
  });
}

/** Each reason is a sentence for people, and another one than that before. */
function expectReasons(reasons: readonly string[]): void {
  expect(reasons.length).toBeGreaterThan(0);
  for (const [index, reason] of reasons.entries()) {
    expect(reason).toMatch(/\w+ \w+/);
    expect(reason).not.toMatch(/\[object|undefined/);
    expect(reason).not.toBe(reasons[index - 1]);
  }
}

/** What keeps the process alive now and did not before: sockets, timers, requests. */
function added(before: readonly string[]): string[] {
  const rest = [...before];
  return process.getActiveResourcesInfo().filter((kind) => {
    const index = rest.indexOf(kind);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}

function withDefaults({ url, weight = 1, zone = '', priority = 0 }: Announced, carries: DiscoveryHarness['carries']): Address {
  return { url, weight: carries.weight ? weight : 1, zone: carries.zone ? zone : '', priority: carries.priority ? priority : 0 };
}

/** In one order, with the fields in one order too. */
function inOrder(addresses: readonly Address[]): Address[] {
  return addresses.map(({ url, weight, zone, priority }) => ({ url: new URL(url).href, weight, zone, priority })).sort((a, b) => (a.url < b.url ? -1 : 1));
}

async function until(holds: () => boolean, state: unknown): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > PATIENCE) throw new Error(`This did not come about: ${holds.toString()}; instead ${JSON.stringify(state)}`);
    await sleep(20);
  }
}
