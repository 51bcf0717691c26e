import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { systemClock } from '#libs/kernel';
import { Deadlines, within, type Deadline } from './deadlines.js';

class Watched implements Deadline {
  over = false;
  heardAt = 0;
  ended: number | null = null;

  expire(): void {
    this.over = true;
    this.ended = performance.now();
  }
}

async function ended(call: Watched): Promise<void> {
  while (!call.over) await sleep(1);
}

it('ends what is not over in time, in its order, and nothing else', async () => {
  const deadlines = new Deadlines(30, systemClock);
  const started = performance.now();
  const [first, answered, second] = [new Watched(), new Watched(), new Watched()];
  deadlines.add(first);
  deadlines.add(answered);
  await sleep(15);
  const later = performance.now();
  deadlines.add(second);
  answered.over = true;
  await ended(second);
  expect(answered.ended).toBeNull();
  expect((first.ended ?? 0) - started).toBeGreaterThanOrEqual(29);
  expect((second.ended ?? 0) - later).toBeGreaterThanOrEqual(29);
  const third = new Watched();
  deadlines.add(third);
  await ended(third);
});

it('what came while the process stood still was in time', async () => {
  const deadlines = new Deadlines(20, systemClock);
  const call = new Watched();
  deadlines.add(call);
  const answer = new Promise<void>((resolve) => { setImmediate(resolve); }).then(() => { call.over = true; });
  for (const end = performance.now() + 40; performance.now() < end;);
  await answer;
  await sleep(20);
  expect(call.ended).toBeNull();
});

it('a process that stands still again and again does not go on for ever', async () => {
  const deadlines = new Deadlines(20, systemClock);
  const call = new Watched();
  deadlines.add(call);
  // Ten times 20 ms are given back in all; real time may stand still in between.
  for (let times = 0; call.ended === null && times < 33; times++) {
    for (const end = performance.now() + 30; performance.now() < end;);
    await sleep(0);
  }
  expect(call.ended).not.toBeNull();
});

it('whoever goes on answering others is busy, and not away; but not for ever', async () => {
  jest.useFakeTimers();
  const deadlines = new Deadlines(20, systemClock);
  const [call, other] = [new Watched(), new Watched()];
  const started = performance.now();
  deadlines.add(call);
  deadlines.add(other);
  while (call.ended === null && performance.now() - started < 5000) {
    call.heardAt = performance.now();
    await jest.advanceTimersByTimeAsync(2);
  }
  jest.useRealTimers();
  expect((other.ended ?? 5000) - started).toBeLessThan(150);
  expect((call.ended ?? 5000) - started).toBeGreaterThanOrEqual(195);
  expect((call.ended ?? 5000) - started).toBeLessThan(2000);
});

it('what is sent only after the process stood still has time to be answered', async () => {
  const deadlines = new Deadlines(20, systemClock);
  const call = new Watched();
  deadlines.add(call);
  const stood = performance.now() + 60;
  while (performance.now() < stood);
  await ended(call);
  expect((call.ended ?? 0) - stood).toBeGreaterThanOrEqual(15);
});

it('within: what comes first counts', async () => {
  expect(await within(1000, Promise.resolve(1))).toBe(1);
  await expect(within(1000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await expect(within(10, new Promise(() => undefined))).rejects.toThrow('no answer within 10 ms');
});
