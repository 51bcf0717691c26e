import { setImmediate as turn } from 'node:timers/promises';
import { Subscriber } from './subscriber.js';

const change = (seq: number) => ({ seq, kind: 'key', subject: 's', body: null });

/** A subscriber, what it heard, and the loads that wait for their end. */
function subscribed(throwing: number | null = null) {
  const heard: number[] = [];
  const loads: PromiseWithResolvers<void>[] = [];
  const subscriber = new Subscriber('key', ({ seq }) => {
    if (seq === throwing) throw new Error('no');
    heard.push(seq);
  }, () => {
    const load = Promise.withResolvers<void>();
    loads.push(load);
    return load.promise;
  });
  return { subscriber, heard, loads };
}

it('hears nothing before it loads, and what comes meanwhile after that', async () => {
  const { heard, loads, subscriber } = subscribed();
  subscriber.hear(change(1));
  subscriber.catchUp();
  subscriber.catchUp();
  subscriber.hear(change(2));
  expect([heard, loads.length]).toEqual([[], 1]);
  loads[0]?.resolve();
  await turn();
  subscriber.hear(change(3));
  expect(heard).toEqual([2, 3]);
});

it('a load that fails, or that something was missed in, is begun anew', async () => {
  const { heard, loads, subscriber } = subscribed();
  subscriber.catchUp();
  loads[0]?.reject(new Error('away'));
  await turn();
  subscriber.hear(change(1));
  subscriber.catchUp();
  subscriber.fallBehind();
  loads[1]?.resolve();
  await turn();
  subscriber.hear(change(2));
  expect(heard).toEqual([]);
  subscriber.catchUp();
  subscriber.fallBehind();
  subscriber.catchUp();
  loads[2]?.resolve();
  await turn();
  subscriber.hear(change(3));
  expect(heard).toEqual([]);
  loads[3]?.resolve();
  await turn();
  subscriber.hear(change(4));
  expect([heard, loads.length]).toEqual([[3, 4], 4]);
});

it('a listener that throws loads again, and hears nothing until then', async () => {
  const { heard, loads, subscriber } = subscribed(1);
  subscriber.catchUp();
  subscriber.hear(change(1));
  subscriber.hear(change(2));
  loads[0]?.resolve();
  await turn();
  subscriber.hear(change(3));
  expect(heard).toEqual([]);
  subscriber.catchUp();
  expect(loads).toHaveLength(2);
});
