import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setAlarm, type Sleeper } from './alarm.js';

describe('alarms', () => {
  const woken: string[] = [];
  const sleeper = (name: string): Sleeper => ({ wake: () => void woken.push(name) });

  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    jest.runOnlyPendingTimers();
    jest.useRealTimers();
    woken.length = 0;
  });

  it('go off when they are due, not before', () => {
    setAlarm(100, sleeper('a'));
    jest.advanceTimersByTime(99);
    expect(woken).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(woken).toEqual(['a']);
    jest.advanceTimersByTime(1_000);
    expect(woken).toEqual(['a']);
  });

  it('of one delay go off in their order, each at its time', () => {
    setAlarm(100, sleeper('a'));
    jest.advanceTimersByTime(60);
    setAlarm(100, sleeper('b'));
    setAlarm(20, sleeper('c'));
    jest.advanceTimersByTime(40);
    expect(woken).toEqual(['c', 'a']);
    jest.advanceTimersByTime(59);
    expect(woken).toEqual(['c', 'a']);
    jest.advanceTimersByTime(1);
    expect(woken).toEqual(['c', 'a', 'b']);
  });

  it('do not go off once they are cleared, first, last or in between', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => setAlarm(100, sleeper(name)));
    a?.clear();
    c?.clear();
    d?.clear();
    d?.clear();
    jest.advanceTimersByTime(100);
    expect(woken).toEqual(['b']);
    b?.clear();
  });

  it('start anew when they are refreshed', () => {
    const alarm = setAlarm(100, sleeper('a'));
    setAlarm(100, sleeper('b'));
    jest.advanceTimersByTime(80);
    alarm.refresh();
    jest.advanceTimersByTime(80);
    expect(woken).toEqual(['b']);
    jest.advanceTimersByTime(20);
    expect(woken).toEqual(['b', 'a']);
    alarm.refresh();
    jest.advanceTimersByTime(100);
    expect(woken).toEqual(['b', 'a', 'a']);
  });

  it('may set and clear others when they go off', () => {
    const others = [setAlarm(100, { wake: () => (others[1]?.clear(), setAlarm(100, sleeper('later'))) }), setAlarm(100, sleeper('cleared'))];
    jest.advanceTimersByTime(100);
    expect(woken).toEqual([]);
    jest.advanceTimersByTime(100);
    expect(woken).toEqual(['later']);
  });
});
