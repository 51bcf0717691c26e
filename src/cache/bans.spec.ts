import { FakeClock } from '#libs/testing';
import { Bans } from './bans.js';
import type { Invalidation } from './invalidation.js';

const KEY = 'https://a/b x';

describe('Bans', () => {
  const clock = new FakeClock();

  it.each<[Invalidation, boolean]>([
    [{ addresses: ['https://a/c', 'https://a/b'] }, true],
    [{ addresses: ['https://a/'] }, false],
    [{ tags: ['t'] }, true],
    [{ tags: ['u'] }, false],
    [{ tags: ['t'], origin: 'https://a' }, true],
    [{ tags: ['u'], origin: 'https://a' }, false],
    [{ tags: ['t'], origin: 'https://b' }, false],
    [{ prefix: '/b' }, true],
    [{ prefix: 'https://b/' }, false],
  ])('%j: what was asked for before is not to be kept', (invalidation, covered) => {
    const bans = new Bans(() => clock.now());
    const cover = (since: number): boolean => bans.cover(KEY, ['t'], since);
    const end = bans.open(invalidation);
    // Somebody may still be on the way to what was forgotten.
    clock.advance(50);
    expect(cover(clock.now())).toBe(covered);
    end();
    expect(cover(clock.now())).toBe(covered);
    expect(cover(clock.now() + 1)).toBe(false);
  });

  it('of an origin reach what is kept for any host', () => {
    const bans = new Bans(() => clock.now());
    bans.open({ tags: ['t'], origin: 'https://a' })();
    expect([bans.cover('/b x', ['t'], clock.now()), bans.cover('/b x', ['u'], clock.now())]).toEqual([true, false]);
  });

  it('waits for the last of several', () => {
    const bans = new Bans(() => clock.now());
    const [first, second] = [bans.open({ tags: ['t'] }), bans.open({ tags: ['t'] })];
    first();
    expect(bans.cover(KEY, ['t'], clock.now() + 10)).toBe(true);
    second();
    expect(bans.cover(KEY, ['t'], clock.now() + 10)).toBe(false);
  });

  it('forgets in time, and holds on to no more than it can', () => {
    const bans = new Bans(() => clock.now());
    const since = clock.now();
    bans.open({ tags: ['t'] })();
    clock.advance(60_001);
    bans.open({ tags: ['u'] })();
    expect(bans.cover(KEY, ['t'], since)).toBe(false);
    for (let i = 0; i < 20_001; i++) bans.open({ tags: [`many-${i}`] })();
    expect([bans.cover(KEY, ['u'], since), bans.cover(KEY, ['many-20000'], since)]).toEqual([false, true]);
  });
});
