import { FakeClock, seededRandom } from '#libs/testing';
import { SlidingWindow } from './sliding-window.js';

it('counts what a list of times would, to a tenth of the window', () => {
  const clock = new FakeClock(123_456);
  const random = seededRandom(3);
  const window = new SlidingWindow(1_000, 2, clock);
  const times: [number, number][] = [];
  for (let i = 0; i < 2_000; i++) {
    clock.advance(Math.floor(random() ** 8 * 1_500));
    const kind = random() < 0.3 ? 1 : 0;
    window.add(kind);
    times.push([clock.elapsed(), kind]);
    const bucket = Math.floor(clock.elapsed() / 100);
    for (const wanted of [0, 1]) {
      const expected = times.filter(([at, of]) => of === wanted && Math.floor(at / 100) > bucket - 10).length;
      expect(window.count(wanted)).toBe(expected);
    }
  }
});
