import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#libs/testing';
import { z } from 'zod';
import { channel, FakeFork } from './channel.fixture.js';
import { Estate } from './estate.js';
import type { Replies, Topic } from './fleet.js';
import { Handlers } from './handlers.js';
import { Member } from './member.js';
import { Switchboard } from './switchboard.js';
import { WorkerProcess, type Forked } from './worker-process.js';

// Long enough for those that do answer, on a machine that stands still for a moment.
const sums: Topic<number, number> = { name: 'sums', question: z.number(), answer: z.number(), limit: 3_000 };
const kept: Topic<null, number> = { name: 'kept', question: z.null(), answer: z.number(), limit: 3_000, inherit: (last, estate) => last + (estate ?? 0) };

/** Asks until the supervisor answers: its limit and that of the asker, a second later, may be over at once where time stood still. */
async function ask<Q>(member: Member, topic: Topic<Q, number>, question: Q): Promise<Replies<number>> {
  let replies = await member.ask(topic, question);
  for (let tries = 1; tries < 4 && replies.failures.includes('the supervisor does not answer'); tries++) replies = await member.ask(topic, question);
  return replies;
}

/** Workers and a switchboard between them. */
async function setup(count: number) {
  const own = new Handlers();
  const estate = new Estate([kept]);
  const crew: WorkerProcess[] = [];
  const members: Member[] = [];
  const forks: FakeFork[] = [];
  const board = new Switchboard(() => crew.filter(({ phase }) => phase === 'ready'), own, estate);
  for (let id = 1; id <= count; id++) {
    const fork = new FakeFork(id, (end) => { members.push(new Member(id, end)); });
    forks.push(fork);
    const worker: WorkerProcess = new WorkerProcess(fork as unknown as Forked, { image: new Map(), grace: 0 }, (matter) => {
      if (matter.kind === 'ask') board.ask(worker, matter);
      if (matter.kind === 'answer') board.answer(worker, matter);
      if (matter.kind !== 'legacy') return;
      for (const [topic, answer] of matter.answers) estate.note(worker, topic, answer);
      estate.settle(worker);
    });
    crew.push(worker);
    void worker.gone.then(() => {
      estate.settle(worker);
      board.gone(worker);
    });
    await until(() => members.length === id);
    await members.at(-1)?.stand('http://a', { reload: () => Promise.resolve([]), version: () => 'v', note: () => {}, leave: () => {}, orphaned: () => {} });
    await worker.ready;
  }
  return { own, estate, crew, members: members as [Member, Member, Member], forks: forks as [FakeFork, FakeFork, FakeFork] };
}

describe('questions between workers', () => {
  it('reach every one, the asker included', async () => {
    const { members } = await setup(3);
    members.forEach((member) => member.answer(sums, (n) => n + member.worker));
    expect(await members[1].ask(sums, 10)).toEqual({ answers: [11, 12, 13], failures: [] });
  });

  it('have the answers of those that answer, in time and in form', async () => {
    const { members } = await setup(3);
    members[0].answer(sums, () => new Promise(() => {}));
    members[1].answer(sums, () => 'two' as unknown as number);
    members[2].answer(sums, () => { throw new Error('not today'); });
    const { answers, failures } = await ask(members[1], sums, 1);
    expect([answers, failures.toSorted()]).toEqual([[], ['an answer is of another form than expected', 'worker 1: no answer in time', 'worker 3: not today']]);
  });

  it('survive a worker that ends in the middle of one', async () => {
    const { forks, members } = await setup(2);
    members[0].answer(sums, () => 1);
    members[1].answer(sums, () => new Promise(() => forks[1].end(1, null)));
    expect(await members[0].ask(sums, 1)).toEqual({ answers: [1], failures: ['worker 2: it ended'] });
  });

  it('are answered by the supervisor alone where only it knows', async () => {
    const { members, own } = await setup(2);
    own.add(sums, (n) => 2 * n);
    expect(await members[0].ask(sums, 4)).toEqual({ answers: [8], failures: [] });
  });

  it('are bounded', async () => {
    const { members } = await setup(2);
    members[0].answer(sums, () => 1);
    members[1].answer(sums, () => new Promise(() => {}));
    const replies = await Promise.all(Array.from({ length: 40 }, () => members[0].ask(sums, 1)));
    expect(replies.filter(({ failures }) => failures[0] === 'too many questions at once')).toHaveLength(8);
    expect((await members[0].ask(sums, 'x'.repeat(17 * 1024 * 1024) as unknown as number)).failures).toEqual([expect.stringContaining('more than')]);
  });

  it('are answered by the asker alone once the supervisor is gone', async () => {
    const { forks, members } = await setup(2);
    members[0].answer(sums, () => 1);
    forks[0].process.disconnect();
    expect(await members[0].ask(sums, 1)).toEqual({ answers: [1], failures: ['the supervisor is gone'] });
  });

  it('are not waited for longer by the asker alone', async () => {
    const { forks, members } = await setup(1);
    members[0].answer(sums, () => new Promise(() => {}));
    forks[0].process.disconnect();
    expect(await members[0].ask({ ...sums, limit: 50 }, 1)).toEqual({ answers: [], failures: ['the supervisor is gone', 'no answer in time'] });
  });
});

describe('what must not be lost with a worker', () => {
  it.each([
    ['one that told its last answer', async ({ forks, members }: Awaited<ReturnType<typeof setup>>) => {
      await members[1].bequeath();
      forks[1].end(0, null);
    }, 20],
    ['one that was killed: as last known', ({ forks }: Awaited<ReturnType<typeof setup>>) => Promise.resolve(forks[1].end(null, 'SIGKILL')), 10],
  ])('stays among the answers, of %s', async (_what, end, left) => {
    const world = await setup(3);
    const { members } = world;
    let second = 10;
    members[0].answer(kept, () => 1);
    members[1].answer(kept, () => second);
    members[2].answer(kept, () => 3);
    expect((await members[0].ask(kept, null)).answers).toEqual([1, 10, 3]);
    second = 20;
    await end(world);
    await sleep(20);
    expect(await members[0].ask(kept, null)).toEqual({ answers: [1, 3, left], failures: [] });
    world.forks[2].end(null, 'SIGKILL');
    await sleep(20);
    expect(await members[0].ask(kept, null)).toEqual({ answers: [1, left + 3], failures: [] });
  });

  it('is told once, though the worker ends between its answer and the end of the question', async () => {
    const { forks, members } = await setup(3);
    members[0].answer(kept, () => 1);
    members[1].answer(kept, () => 10);
    members[2].answer(kept, async () => {
      await sleep(20);
      await members[1].bequeath();
      forks[1].end(0, null);
      await sleep(20);
      return 3;
    });
    expect((await members[0].ask(kept, null)).answers).toEqual([1, 3, 10]);
  });

  it('is what was last known of one that does not answer in time', async () => {
    const { members } = await setup(2);
    let busy = false;
    members[0].answer(kept, () => 1);
    members[1].answer(kept, () => (busy ? new Promise(() => {}) : 10));
    await members[0].ask(kept, null);
    busy = true;
    expect(await ask(members[0], kept, null)).toEqual({ answers: [1, 10], failures: ['worker 2: no answer in time'] });
  });
});

describe('a worker that ends', () => {
  it.each([
    ['has heard that it is let go', (supervisor: ReturnType<typeof channel>[0]) => supervisor.send({ kind: 'dismissed' }, () => {})],
    ['has no supervisor any more', (supervisor: ReturnType<typeof channel>[0]) => supervisor.disconnect()],
  ])('goes once it %s: until then it may be given connections', async (_what, release) => {
    const [supervisor, end] = channel();
    const said: unknown[] = [];
    supervisor.on('message', (message) => said.push(message));
    const member = new Member(1, end);
    let gone = false;
    const bequest = member.bequeath().then(() => { gone = true; });
    await until(() => said.length === 2);
    await sleep(50);
    expect([said, gone]).toEqual([[{ kind: 'hello' }, { kind: 'legacy', answers: [] }], false]);
    release(supervisor);
    await bequest;
  });
});
