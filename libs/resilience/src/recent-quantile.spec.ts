import { FakeClock } from '#libs/testing';
import { RecentQuantile } from './recent-quantile.js';

describe('RecentQuantile', () => {
  const clock = new FakeClock();
  const quantile = (): RecentQuantile => new RecentQuantile({ share: 0.95, minimum: 20 }, clock);
  const record = (into: RecentQuantile, value: number, times: number): void => {
    for (let i = 0; i < times; i++) into.record(value);
  };

  it('says nothing of too little', () => {
    const recent = quantile();
    record(recent, 10, 19);
    expect(recent.value).toBeNull();
    record(recent, 10, 1);
    clock.advance(250);
    expect(recent.value).toBeGreaterThan(10);
  });

  it('is the share of all that is known', () => {
    const recent = quantile();
    record(recent, 10, 95);
    record(recent, 500, 5);
    expect(recent.value).toBeLessThan(11);
    record(recent, 500, 1);
    clock.advance(250);
    expect(recent.value).toBeGreaterThan(500);
  });

  it('holds for a quarter of a second', () => {
    const recent = quantile();
    record(recent, 10, 20);
    const first = recent.value;
    record(recent, 500, 100);
    expect(recent.value).toBe(first);
    clock.advance(250);
    expect(recent.value).toBeGreaterThan(500);
  });

  it('forgets what is older than a minute, not what is younger than half of one', () => {
    const recent = quantile();
    record(recent, 500, 30);
    clock.advance(31_000);
    record(recent, 10, 30);
    expect(recent.value).toBeGreaterThan(500);
    clock.advance(30_000);
    record(recent, 10, 30);
    expect(recent.value).toBeLessThan(11);
    clock.advance(60_000);
    expect(recent.value).toBeNull();
  });
});
