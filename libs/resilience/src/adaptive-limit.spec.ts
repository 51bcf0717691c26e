import { FakeClock, seededRandom } from '#libs/testing';
import { Bulkhead } from './bulkhead.js';
import { ServiceModel } from './service-model.fixture.js';

const SHARES = { high: 1, normal: 1, low: 1 };

/** A service of known capacity behind an adaptive bulkhead, and more requests than it can work on. */
function world({ capacity = 40, work = 50, initial = 20, seed = 1, min = 4 } = {}) {
  const clock = new FakeClock(0);
  const random = seededRandom(seed);
  const service = new ServiceModel({ capacity, work }, clock, random);
  const bulkhead = new Bulkhead({ adaptive: { initial, min, max: 1_000, tolerance: 1.5 }, queue: 0, shares: SHARES }, clock, random, () => own.lag);
  /** Milliseconds that a turn of our own event loop takes. */
  const own = { lag: 0 };
  const seen: { latencies: number[]; limits: number[]; shed: number } = { latencies: [], limits: [], shed: 0 };
  const arrive = (): void => {
    if (!bulkhead.enter(2)) {
      bulkhead.wait({ priority: 2, admitted() {}, displaced() {} });
      seen.shed++;
      return;
    }
    service.take((latency) => {
      if (latency === null) bulkhead.overloaded();
      else {
        bulkhead.answered(latency + 1.5 * own.lag);
        seen.latencies.push(latency);
      }
      bulkhead.leave();
      seen.limits.push(bulkhead.limit);
    });
  };
  /** What was seen in the last `seconds` of a load that is a multiple of what the service can do. */
  const load = (times: number, seconds: number, last = seconds): { latency: number; limit: number; shed: number; perSecond: number } => {
    const perSecond = (times * service.capacity * 1_000) / service.work;
    service.run((seconds - last) * 1_000, perSecond, arrive);
    Object.assign(seen, { latencies: [], limits: [], shed: 0 });
    service.run(last * 1_000, perSecond, arrive);
    return { latency: median(seen.latencies), limit: median(seen.limits), shed: seen.shed, perSecond: seen.latencies.length / last };
  };
  return { bulkhead, service, load, own };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

describe('AdaptiveLimit', () => {
  it.each([
    [10, 20, 1], [40, 20, 2], [40, 200, 3], [200, 20, 4], [40, 20, 5],
  ])('settles near a capacity of %d from %d, and keeps the service busy and quick', (capacity, initial, seed) => {
    const { load } = world({ capacity, initial, seed });
    const seen = load(2, 40, 15);
    expect(seen.limit).toBeGreaterThanOrEqual(capacity);
    expect(seen.limit).toBeLessThanOrEqual(2.3 * capacity);
    expect(seen.latency).toBeLessThan(2.2 * 50);
    expect(seen.perSecond).toBeGreaterThan(0.93 * capacity * 20);
  });

  it('stays where it is while there is little to do, and turns nobody away', () => {
    const { load } = world({ capacity: 40 });
    const { limit, shed } = load(0.1, 30);
    expect(shed).toBe(0);
    expect(limit).toBeLessThan(25);
  });

  it('grows for requests that the service can take', () => {
    const { load } = world({ capacity: 100 });
    load(0.8, 20);
    expect(load(0.8, 20).shed).toBe(0);
  });

  it('follows a service that loses capacity, and one that gets it back', () => {
    const { load, service } = world({ capacity: 80 });
    load(2, 30);
    service.capacity = 20;
    const less = load(4, 40, 15);
    expect(less.limit).toBeLessThanOrEqual(45);
    expect(less.latency).toBeLessThan(2.2 * 50);
    service.capacity = 80;
    const again = load(2, 40, 15);
    expect(again.limit).toBeGreaterThanOrEqual(80);
    expect(again.perSecond).toBeGreaterThan(0.93 * 80 * 20);
  });

  it.each([1, 4, 11, 14, 17])('learns soon that a service became slower for good, even while it turns requests away (%d)', (seed) => {
    const { load, service } = world({ capacity: 40, seed });
    load(2, 30);
    service.work = 200;
    const slower = load(2, 30, 15);
    expect(slower.limit).toBeGreaterThanOrEqual(40);
    expect(slower.limit).toBeLessThanOrEqual(90);
    expect(slower.perSecond).toBeGreaterThan(0.9 * 40 * 5);
  });

  it('shrinks when the service refuses, whatever the latency says', () => {
    const { load, service } = world({ capacity: 40, initial: 400 });
    service.refuses = true;
    expect(load(10, 40, 15).limit).toBeLessThan(100);
  });

  it('does not take for the service’s what is our own lag, neither while it lasts nor afterwards', () => {
    const { load, own } = world({ capacity: 40, work: 20 });
    load(2, 20);
    own.lag = 60;
    expect(load(2, 1).limit).toBeGreaterThanOrEqual(40);
    load(2, 12);
    own.lag = 0;
    expect(load(2, 6, 2).limit).toBeLessThanOrEqual(2.3 * 40);
  });

  it('keeps its bounds', () => {
    const { bulkhead, load, service } = world({ capacity: 40, min: 30, initial: 30 });
    service.refuses = true;
    service.capacity = 0.5;
    load(100, 30);
    expect(bulkhead.limit).toBe(30);
  });
});
