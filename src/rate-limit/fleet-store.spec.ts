import { Fleet, SoloFleet, type Replies, type Topic } from '../cluster/index.js';
import { MemoryLimitStore, type Limit, type Take } from '#libs/rate-limit';
import { FakeClock, limitStoreContract } from '#libs/testing';
import { FleetLimitStore } from './fleet-store.js';
import { answerLimits, limitsTopic, type LimitQuestion } from './limits-topic.js';

/** Workers whose supervisor answers, as long as it is there. */
class Supervised extends Fleet {
  readonly worker = 1;
  readonly asked: LimitQuestion[] = [];
  gone = false;
  readonly #supervisor = new SoloFleet();

  constructor(store: MemoryLimitStore) {
    super();
    this.#supervisor.answer(limitsTopic, answerLimits(store));
  }

  answer(): void {}

  async ask<Q, A>(topic: Topic<Q, A>, question: Q): Promise<Replies<A>> {
    this.asked.push(question as unknown as LimitQuestion);
    await new Promise((resolve) => setImmediate(resolve));
    return this.gone ? { answers: [], failures: ['the supervisor is gone'] } : this.#supervisor.ask(topic, structuredClone(question));
  }
}

const clock = new FakeClock();
const setUp = () => {
  const fleet = new Supervised(new MemoryLimitStore({ clock }));
  const store = (): FleetLimitStore => new FleetLimitStore(fleet, new MemoryLimitStore({ clock }), clock);
  return { fleet, store };
};

limitStoreContract('the supervisor of several workers', () => ({ store: setUp().store(), now: () => clock.now(), pass: (ms) => clock.advance(ms), close: () => {} }));

describe('FleetLimitStore', () => {
  const limit: Limit = { use: 'fixed-window', count: 5, window: 1_000 };
  const take = (key = 'a', count = 5): Take => ({ key, limit: { ...limit, count }, cost: 1, binding: true });

  it('counts exactly over all workers', async () => {
    const { store } = setUp();
    const [one, other] = [store(), store()];
    const given = await Promise.all(Array.from({ length: 50 }, async (_, i) => (i % 2 ? one : other).take([take()])));
    expect(given.filter(([verdict]) => verdict?.allowed)).toHaveLength(5);
  });

  it('asks once for what comes at once, and once more for what comes meanwhile', async () => {
    const { fleet, store } = setUp();
    const workers = store();
    const first = Array.from({ length: 10 }, () => workers.take([take()]));
    await new Promise((resolve) => setImmediate(resolve));
    const second = Array.from({ length: 20 }, () => workers.take([take()]));
    workers.give([take()]);
    await Promise.all([...first, ...second]);
    expect(fleet.asked.map(({ gives, takes }) => [takes.length, gives.length])).toEqual([[10, 0], [20, 1]]);
  });

  it('says how long ago it was when it is told, not when it was put back', async () => {
    const { fleet, store } = setUp();
    const worker = store();
    worker.give([take()], 40);
    clock.advance(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(fleet.asked).toEqual([{ takes: [], gives: [{ takes: [take()], ago: 42 }] }]);
  });

  it('counts alone while the supervisor is gone, without asking it each time', async () => {
    const { fleet, store } = setUp();
    const worker = store();
    fleet.gone = true;
    expect(await worker.take([take('a', 2)])).toMatchObject([{ allowed: true, remaining: 1 }]);
    expect(worker.take([take('a', 2)])).toMatchObject([{ allowed: true, remaining: 0 }]);
    worker.give([take('a', 2)]);
    expect(worker.take([take('a', 2), take('b')])).toMatchObject([{ allowed: true }, { allowed: true }]);
    expect(fleet.asked).toHaveLength(1);
    fleet.gone = false;
    clock.advance(1_001);
    expect(await worker.take([take('a', 2)])).toMatchObject([{ allowed: true, remaining: 1 }]);
    expect(fleet.asked).toHaveLength(2);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['takes that are no list', { takes: 1, gives: [] }],
    ['a take without a key', { takes: [[{ ...take(), key: 1 }]], gives: [] }],
    ['an algorithm that is none', { takes: [[{ ...take(), limit: { ...limit, use: 'toString' } }]], gives: [] }],
    ['a window that is no number', { takes: [[{ ...take(), limit: { ...limit, window: Number.NaN } }]], gives: [] }],
    ['a negative cost', { takes: [], gives: [{ takes: [{ ...take(), cost: -1 }], ago: 0 }] }],
    ['a time that is none', { takes: [], gives: [{ takes: [take()], ago: Number.NaN }] }],
    ['a give of nothing', { takes: [], gives: [take()] }],
  ])('takes no question of another form: %s', (_name, question) => {
    expect(limitsTopic.question.safeParse(question).success).toBe(false);
  });
});
