import { FakeClock } from '#libs/testing';
import { Bulkhead } from './bulkhead.js';
import { PRIORITIES, type Priority } from './priority.js';
import type { Waiter } from './waiting-line.js';

const clock = new FakeClock();
const SHARES = { high: 0.95, normal: 0.9, low: 0.7 };
const place = (priority: Priority): number => PRIORITIES.indexOf(priority);

function bulkhead(max: number, queue = 0, shares = SHARES): Bulkhead {
  return new Bulkhead({ max, queue, shares }, clock, () => 0.5, () => 0);
}

/** Takes slots of a priority until there is none. @returns how many there were. */
function fill(guarded: Bulkhead, priority: Priority): number {
  let taken = 0;
  while (guarded.enter(place(priority))) taken++;
  return taken;
}

describe('Bulkhead', () => {
  it.each<[Priority, number]>([['critical', 20], ['high', 19], ['normal', 18], ['low', 14]])('lets %s requests fill their share of it', (priority, share) => {
    expect(fill(bulkhead(20), priority)).toBe(share);
  });

  it('is never closed to anybody by rounding', () => {
    for (const priority of PRIORITIES) expect(fill(bulkhead(1), priority)).toBe(1);
  });

  it('takes what matters least out first', () => {
    const guarded = bulkhead(20);
    expect([fill(guarded, 'low'), fill(guarded, 'normal'), fill(guarded, 'low'), fill(guarded, 'high'), fill(guarded, 'critical')]).toEqual([14, 4, 0, 1, 1]);
    guarded.leave();
    expect([fill(guarded, 'high'), fill(guarded, 'critical')]).toEqual([0, 1]);
  });

  describe('those who wait', () => {
    /** Waits; what becomes of it is told in `log`. */
    function waiter(name: string, priority: Priority, log: string[]): Waiter {
      return { priority: place(priority), admitted: () => log.push(name), displaced: () => log.push(`not ${name}`) };
    }

    it('get slots by priority, then in turn, and within their shares', () => {
      const guarded = bulkhead(2, 10, { high: 1, normal: 1, low: 0.5 });
      fill(guarded, 'critical');
      const log: string[] = [];
      for (const [name, priority] of [['low', 'low'], ['a', 'normal'], ['b', 'normal'], ['first', 'critical']] as const) guarded.wait(waiter(name, priority, log));
      for (let i = 0; i < 3; i++) guarded.leave();
      expect(log).toEqual(['first', 'a', 'b']);
      expect(guarded.enter(place('normal'))).toBe(false);
      guarded.leave();
      expect(log).toHaveLength(3);
      guarded.leave();
      expect(log.at(-1)).toBe('low');
      expect([guarded.inFlight, guarded.waiting]).toEqual([1, 0]);
    });

    it('are bounded, and the latest of the least gives way to one that matters more', () => {
      const guarded = bulkhead(1, 2);
      fill(guarded, 'critical');
      const log: string[] = [];
      const asked = (['low', 'low', 'low', 'normal', 'high', 'normal'] as const).map((priority, i) => guarded.wait(waiter(`${priority} ${i}`, priority, log)));
      expect(asked).toEqual([true, true, false, true, true, false]);
      expect(log).toEqual(['not low 1', 'not low 0']);
    });

    it('may give up, before or after', () => {
      const guarded = bulkhead(1, 2);
      fill(guarded, 'critical');
      const log: string[] = [];
      const [a, b] = [waiter('a', 'normal', log), waiter('b', 'normal', log)];
      guarded.wait(a);
      guarded.wait(b);
      guarded.giveUp(a);
      guarded.leave();
      guarded.giveUp(b);
      expect([log, guarded.inFlight, guarded.waiting]).toEqual([['b'], 1, 0]);
    });
  });
});
