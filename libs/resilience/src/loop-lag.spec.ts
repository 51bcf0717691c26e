import { setTimeout as pause } from 'node:timers/promises';
import { loopLag } from './loop-lag.js';

it('says how long turns of the event loop are, and not how long there was nothing to do', async () => {
  const lag = loopLag();
  // Others may have the machine for a while, but not all the time.
  let idle = Infinity;
  for (let i = 0; i < 50 && idle >= 20; i++) {
    await pause(200);
    idle = lag();
  }
  expect(idle).toBeLessThan(20);
  for (let i = 0; i < 3; i++) {
    const until = performance.now() + 60;
    while (performance.now() < until);
    await pause(1);
  }
  expect(lag()).toBeGreaterThan(20);
});
