import { events, Exchange, Problem, problems, type Target } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import type { BreakerConfig, ConcurrencyConfig, PassiveConfig } from '../config/index.js';
import type { LiveService } from '../services/index.js';
import { liveService } from '../services/live-service.fixture.js';
import { ResilienceDirectory } from './index.js';

const counts = { status: ['500-599'], problems: [] };
const breaker: BreakerConfig = { errorRate: 0.5, over: 1_000, minRequests: 1, open: 1_000, trials: 1, counts };
const passive: PassiveConfig = { failures: 1, errorRate: 0, over: 1_000, minRequests: 1, eject: 1_000, maxEject: 1_000, maxShare: 1, panic: 0, counts };
const budget = { share: 0.2, minimum: 1 };
const concurrency: ConcurrencyConfig = { max: 1, queue: 0, wait: 50, shares: { high: 1, normal: 1, low: 1 } };
const quantile = { share: 0.95, minimum: 1 };

const service = (name = 's'): LiveService => liveService(name, ['http://a', 'http://b']);

describe('ResilienceDirectory', () => {
  const clock = new FakeClock();

  it('hands out one state per name and settings', () => {
    const { resilience } = new ResilienceDirectory().build(clock);
    const all = [
      resilience.breaker(service(), null, breaker), resilience.breaker(service(), 'r', breaker), resilience.breaker(service('t'), null, breaker),
      resilience.breaker(service(), null, { ...breaker, trials: 2 }), resilience.breaker(service(), null, { ...breaker }),
    ];
    expect(new Set(all).size).toBe(4);
    expect(all[4]).toBe(all[0]);
    expect(resilience.budget('s', { ...budget })).toBe(resilience.budget('s', budget));
  });

  it('keeps it from one configuration to the next, and forgets it after one without', () => {
    const directory = new ResilienceDirectory();
    const apply = (asks: boolean): unknown[] => {
      const { adopt, resilience } = directory.build(clock);
      const own = service();
      const states = asks ? [
        resilience.breaker(own, null, breaker), resilience.budget('s', budget), resilience.detector(own, passive),
        resilience.bulkhead(own, concurrency, Math.random), resilience.latencies('s', quantile),
      ] : [];
      expect(own.bulkhead).toBe(states[3] ?? null);
      adopt();
      return states;
    };
    const first = apply(true);
    apply(true).forEach((state, i) => expect(state).toBe(first[i]));
    apply(false);
    apply(true).forEach((state, i) => expect(state).not.toBe(first[i]));
  });

  it('changes nothing for a configuration that is not adopted', () => {
    const directory = new ResilienceDirectory();
    const own = service();
    const [a, b] = own.targets as [Target, Target];
    const { adopt, resilience } = directory.build(clock);
    const detector = resilience.detector(own, passive);
    adopt();
    detector.report(a, true);
    directory.build(clock);
    const other = service();
    other.targets = [b];
    directory.build(clock).resilience.detector(other, passive);
    detector.refresh();
    expect([a.available, b.available]).toEqual([false, true]);
  });

  it('follows the targets of a service, and holds it against one when its answer breaks off', () => {
    const directory = new ResilienceDirectory();
    const own = service();
    const { adopt, resilience } = directory.build(clock);
    const detector = resilience.detector(own, { ...passive, counts: { ...counts, problems: ['bad-target-response'] } });
    adopt();
    const [, b] = own.targets as [Target, Target];
    const [c] = service().targets as [Target];
    own.targets = [b, c];
    events.targetsChanged.publish(own);
    detector.report(c, false);
    const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
    const problem = new Problem(problems.badTargetResponse, 'broke off');
    exchange.service = service();
    events.answerBroken.publish({ exchange, target: c, problem });
    expect(c.available).toBe(true);
    exchange.service = own;
    events.answerBroken.publish({ exchange, target: c, problem });
    expect(c.available).toBe(false);
    directory.onApplicationShutdown();
  });

  it('lets targets back in when their service no longer ejects', () => {
    const directory = new ResilienceDirectory();
    const own = service();
    const [a] = own.targets as [Target, Target];
    const { adopt, resilience } = directory.build(clock);
    const detector = resilience.detector(own, passive);
    adopt();
    detector.report(a, true);
    expect(a.available).toBe(false);
    directory.build(clock).adopt();
    expect(a.available).toBe(true);
  });
});
