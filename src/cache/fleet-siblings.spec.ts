import { Fleet, type Replies, type Topic } from '../cluster/index.js';
import { FleetSiblings } from './fleet-siblings.js';

class Three extends Fleet {
  readonly asked: unknown[] = [];
  readonly #pending: (() => void)[] = [];

  constructor(readonly worker: number | null) {
    super();
  }

  answer(): void {}

  ask<Q, A>(_topic: Topic<Q, A>, question: Q): Promise<Replies<A>> {
    this.asked.push(question);
    const answer = (question as unknown[]).map((_, i) => i + 1) as A;
    return new Promise((resolve) => this.#pending.push(() => resolve({ answers: [answer, answer], failures: ['worker 3 gave no answer'] })));
  }

  async reply(): Promise<void> {
    this.#pending.shift()?.();
    await new Promise(setImmediate);
  }
}

describe('FleetSiblings', () => {
  it('tells them one thing after the other, and what gathers meanwhile at once', async () => {
    const fleet = new Three(1);
    const siblings = new FleetSiblings(fleet);
    const counts = ['a', 'b', 'c'].map((tag) => siblings.forget({ tags: [tag] }));
    expect(fleet.asked).toEqual([[{ tags: ['a'] }]]);
    await fleet.reply();
    expect(fleet.asked[1]).toEqual([{ tags: ['b'] }, { tags: ['c'] }]);
    await fleet.reply();
    expect(await Promise.all(counts)).toEqual([2, 2, 4]);
    expect(siblings.failures).toHaveLength(1);
    void siblings.forget({ tags: ['d'] });
    expect(fleet.asked).toHaveLength(3);
  });

  it('has nobody to tell in a single process', async () => {
    const fleet = new Three(null);
    expect(await new FleetSiblings(fleet).forget({ prefix: '/' })).toBe(0);
    expect(fleet.asked).toEqual([]);
  });
});
