import { events, Target } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { OutlierDetector, type OutlierOptions } from './index.js';

const OPTIONS: OutlierOptions = { failures: 3, errorRate: 0, over: 10_000, minRequests: 10, slow: null, eject: 1_000, maxEject: 2_500, maxShare: 1, panic: 0 };

function service(size: number, options: Partial<OutlierOptions> = {}) {
  const clock = new FakeClock();
  const detector = new OutlierDetector('s', { ...OPTIONS, ...options }, clock);
  const targets = Array.from({ length: size }, (_, i) => new Target(new URL(`http://t${i}`), {} as Target['dispatcher']));
  detector.watch(targets);
  const fail = (index: number, times = 3): void => { for (let i = 0; i < times; i++) detector.report(targets[index] as Target, true); };
  const succeed = (index: number, times = 1): void => { for (let i = 0; i < times; i++) detector.report(targets[index] as Target, false); };
  /** Indexes of those that get requests. */
  const used = (): number[] => {
    detector.refresh();
    return targets.flatMap(({ available }, i) => (available ? [i] : []));
  };
  return { clock, detector, targets, fail, succeed, used };
}

describe('OutlierDetector ejects', () => {
  it('at failures in a row, and not before', () => {
    const { fail, succeed, used } = service(3);
    fail(0, 2);
    succeed(0);
    fail(0, 2);
    expect(used()).toEqual([0, 1, 2]);
    fail(0, 1);
    expect(used()).toEqual([1, 2]);
  });

  it('at the share of failures, once there are enough', () => {
    const { fail, succeed, used } = service(3, { failures: 0, errorRate: 0.4 });
    for (let i = 0; i < 4; i++) { succeed(0); fail(0, 1); }
    expect(used()).toEqual([0, 1, 2]);
    succeed(0);
    fail(0, 1);
    expect(used()).toEqual([1, 2]);
  });

  it.each([[1, 1, [0]], [2, 0.1, [1]], [4, 0.5, [2, 3]], [4, 1, []]])('of %d targets at most the share %d', (size, maxShare, left) => {
    const { fail, used } = service(size, { maxShare });
    for (let i = 0; i < size; i++) fail(i);
    expect(used()).toEqual(left);
  });
});

describe('OutlierDetector readmits', () => {
  it('after a time that grows with each repetition up to the maximum', () => {
    const { clock, fail, used } = service(2);
    for (const duration of [1_000, 2_000, 2_500, 2_500]) {
      fail(0);
      clock.advance(duration - 1);
      expect(used()).toEqual([1]);
      clock.advance(1);
      expect(used()).toEqual([0, 1]);
    }
  });

  it('sooner again after a target did well for a while', () => {
    const { clock, fail, used } = service(2);
    fail(0);
    clock.advance(1_000);
    used();
    clock.advance(1_000);
    fail(0);
    clock.advance(1_000);
    expect(used()).toEqual([0, 1]);
  });

  it('with a clean slate, and cold', () => {
    const { clock, fail, targets, used } = service(2);
    fail(0);
    clock.advance(1_000);
    used();
    fail(0, 2);
    expect(used()).toEqual([0, 1]);
    expect(targets.map(({ since }) => since)).toEqual([clock.elapsed(), null]);
  });

  it('nobody that probes call down', () => {
    const { clock, fail, targets, used } = service(2);
    fail(0);
    (targets[0] as Target).available = false;
    clock.advance(1_000);
    expect(used()).toEqual([1]);
    (targets[0] as Target).available = true;
    expect(used()).toEqual([0, 1]);
  });

  it('everyone when it is no longer asked', () => {
    const { detector, fail, targets } = service(2);
    fail(0);
    detector.dispose();
    expect(targets.map(({ available }) => available)).toEqual([true, true]);
  });
});

describe('OutlierDetector in a panic', () => {
  it('uses all again below the share, and stops when enough are back', () => {
    const { clock, fail, used } = service(4, { panic: 0.5 });
    fail(0);
    clock.advance(500);
    fail(1);
    expect(used()).toEqual([2, 3]);
    fail(2);
    expect(used()).toEqual([0, 1, 2, 3]);
    clock.advance(500);
    expect(used()).toEqual([0, 3]);
  });

  it('counts those that probes call down', () => {
    const { fail, targets, used } = service(4, { panic: 0.5 });
    fail(0);
    (targets[1] as Target).available = false;
    expect(used()).toEqual([2, 3]);
    (targets[2] as Target).available = false;
    expect(used()).toEqual([0, 3]);
  });
});

it('ejects a target whose answers take long, once there are enough of them', () => {
  const { detector, targets, used } = service(2, { failures: 0, slow: { over: 500, rate: 0.5 } });
  const answer = (index: number, duration: number): void => detector.report(targets[index] as Target, false, duration);
  for (let i = 0; i < 20; i++) answer(1, 500);
  for (let i = 0; i < 4; i++) { answer(0, 10); answer(0, 501); }
  answer(0, 501);
  expect(used()).toEqual([0, 1]);
  answer(0, 501);
  expect(used()).toEqual([1]);
});

it('keeps what it knows of targets that stay', () => {
  const { detector, fail, targets, used } = service(3);
  fail(0);
  fail(1, 2);
  const added = new Target(new URL('http://new'), {} as Target['dispatcher']);
  detector.watch([...targets.slice(0, 2), added]);
  fail(1, 1);
  expect(used()).toEqual([2]);
  expect(added.available).toBe(true);
});

it('tells who left and who came back', () => {
  const heard: string[] = [];
  const stops = [
    events.targetEjected.subscribe(({ duration, service: name, target }) => heard.push(`${name} ${target.url.hostname} ${duration}`)),
    events.targetReadmitted.subscribe(({ target }) => heard.push(target.url.hostname)),
  ];
  const { clock, fail, used } = service(2);
  fail(0);
  clock.advance(1_000);
  used();
  for (const stop of stops) stop();
  expect(heard).toEqual(['s t0 1000', 't0']);
});

it('a success that breaks off later is a failure, in a row with others of its kind', () => {
  const { detector, targets, used } = service(2, { failures: 3 });
  const breaks = (): void => { detector.report(targets[0] as Target, false); detector.broke(targets[0] as Target); };
  breaks();
  breaks();
  detector.report(targets[0] as Target, false);
  detector.report(targets[0] as Target, false);
  breaks();
  breaks();
  expect(used()).toEqual([0, 1]);
  breaks();
  expect(used()).toEqual([1]);
});

it('successes that break off at the same time are failures in a row as well', () => {
  const { detector, targets, used } = service(2, { failures: 3 });
  for (let i = 0; i < 3; i++) detector.report(targets[0] as Target, false);
  for (let i = 0; i < 3; i++) detector.broke(targets[0] as Target);
  expect(used()).toEqual([1]);
});
