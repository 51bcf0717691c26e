import { Target, type Service } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import type { BreakerConfig, PassiveConfig } from '../config/index.js';
import { ResilienceDirectory } from './index.js';

const counts = { status: ['500-599'], problems: [] };
const breaker: BreakerConfig = { errorRate: 0.5, over: 1_000, minRequests: 1, open: 1_000, trials: 1, counts };
const passive: PassiveConfig = { failures: 1, errorRate: 0, over: 1_000, minRequests: 1, eject: 1_000, maxEject: 1_000, maxShare: 1, panic: 0, counts };
const budget = { share: 0.2, minimum: 1 };

function service(): Service {
  const targets = ['a', 'b'].map((name) => new Target(new URL(`http://${name}`), 1, {} as Target['dispatcher']));
  return { name: 's', targets, balancer: { pick: () => targets[0] as Target } };
}

describe('ResilienceDirectory', () => {
  const clock = new FakeClock();

  it('hands out one state per name and settings', () => {
    const { resilience } = new ResilienceDirectory().build(clock);
    const all = [
      resilience.breaker('s', null, breaker), resilience.breaker('s', 'r', breaker), resilience.breaker('t', null, breaker),
      resilience.breaker('s', null, { ...breaker, trials: 2 }), resilience.breaker('s', null, { ...breaker }),
    ];
    expect(new Set(all).size).toBe(4);
    expect(all[4]).toBe(all[0]);
    expect(resilience.budget('s', { ...budget })).toBe(resilience.budget('s', budget));
  });

  it('keeps it from one configuration to the next, and forgets it after one without', () => {
    const directory = new ResilienceDirectory();
    const apply = (asks: boolean): unknown[] => {
      const { adopt, resilience } = directory.build(clock);
      const states = asks ? [resilience.breaker('s', null, breaker), resilience.budget('s', budget), resilience.detector(service(), passive)] : [];
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
    directory.build(clock).resilience.detector({ ...own, targets: [b] }, passive);
    detector.refresh();
    expect([a.available, b.available]).toEqual([false, true]);
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
