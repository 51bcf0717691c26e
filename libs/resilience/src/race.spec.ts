import { setTimeout as sleep } from 'node:timers/promises';
import { Answer, Exchange, Problem, problems, Target, type Next } from '#libs/kernel';
import { Race, type RaceOutcome, type RaceRules } from './race.js';

const DELAY = 10;

/** One leg as the test has it. */
interface Call {
  readonly exchange: Exchange;
  answer(status: number): void;
  fail(error: Error): void;
}

class World implements RaceRules {
  readonly exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
  readonly calls: Call[] = [];
  readonly told: [RaceOutcome, number][] = [];
  most = 1;
  open = true;

  mayJoin(): boolean { return this.open; }
  isGood({ status }: Answer): boolean { return status < 500; }
  decided(outcome: RaceOutcome, joined: number): void { this.told.push([outcome, joined]); }

  readonly next: Next = (exchange) => {
    const { promise, reject, resolve } = Promise.withResolvers<Answer>();
    exchange.tries++;
    exchange.target = new Target(new URL(`http://${this.calls.length}`), {} as Target['dispatcher']);
    exchange.onAbort({ abort: reject });
    this.calls.push({ exchange, answer: (status) => resolve(new Answer(status)), fail: reject });
    return promise;
  };

  run(): Promise<Answer> {
    return new Race(this.exchange, this.next, this).run(DELAY);
  }

  call(index: number): Call {
    return this.calls[index] as Call;
  }

  /** Waits until there are so many legs. */
  async legs(count: number): Promise<void> {
    while (this.calls.length < count) await sleep(1);
  }
}

describe('Race', () => {
  it.each([[200, 'lost'], [503, 'failed']])('has one leg when the first answers %d in time', async (status, outcome) => {
    const world = new World();
    const answer = world.run();
    world.call(0).answer(status);
    expect((await answer).status).toBe(status);
    await sleep(2 * DELAY);
    expect(world.calls).toHaveLength(1);
    expect(world.told).toEqual([[outcome, 0]]);
    expect(world.exchange).toMatchObject({ tries: 1, target: world.call(0).exchange.target });
  });

  it.each([[0, 'lost'], [1, 'won']])('is won by leg %d when that is faster, and the other one is aborted', async (winner, outcome) => {
    const world = new World();
    const answer = world.run();
    await world.legs(2);
    world.call(winner).answer(201);
    expect((await answer).status).toBe(201);
    expect(world.told).toEqual([[outcome, 1]]);
    const { aborted } = world.call(1 - winner).exchange;
    expect(aborted).toBeInstanceOf(Error);
    expect(aborted).not.toBeInstanceOf(Problem);
    expect(world.call(winner).exchange.aborted).toBeNull();
    expect(world.exchange).toMatchObject({ aborted: null, tries: 2, target: world.call(winner).exchange.target });
  });

  it('tells later legs whom not to ask', async () => {
    const world = new World();
    world.most = 2;
    const answer = world.run();
    await world.legs(3);
    expect(world.call(2).exchange.failed).toEqual([world.call(0).exchange.target, world.call(1).exchange.target]);
    await sleep(2 * DELAY);
    expect(world.calls).toHaveLength(3);
    world.call(1).answer(200);
    await answer;
    expect([0, 1, 2].map((leg) => world.call(leg).exchange.aborted === null)).toEqual([false, true, false]);
  });

  it.each<[string, (call: Call) => void]>([
    ['fails', (call) => call.fail(new Problem(problems.targetUnreachable, 'gone'))], ['answers 503', (call) => call.answer(503)],
  ])('waits for the other leg when one %s', async (_how, spoil) => {
    for (const [spoilt, outcome] of [[0, 'won'], [1, 'lost']] as const) {
      const world = new World();
      const answer = world.run();
      await world.legs(2);
      spoil(world.call(spoilt));
      await sleep(1);
      expect(world.told).toEqual([]);
      world.call(1 - spoilt).answer(200);
      expect((await answer).status).toBe(200);
      expect(world.told).toEqual([[outcome, 1]]);
    }
  });

  it('prefers a bad answer to none, and the first failure to a later one', async () => {
    const world = new World();
    const answer = world.run();
    await world.legs(2);
    world.call(0).fail(new Error('first'));
    world.call(1).answer(502);
    expect((await answer).status).toBe(502);
    const failing = new World();
    const failed = failing.run();
    await failing.legs(2);
    failing.call(1).fail(new Error('second'));
    failing.call(0).fail(new Error('first'));
    await expect(failed).rejects.toThrow('first');
    expect(failing.told).toEqual([['failed', 1]]);
  });

  it('ends with the exchange, all legs of it', async () => {
    const world = new World();
    const answer = world.run();
    await world.legs(2);
    world.exchange.abort(new Error('the client left'));
    await expect(answer).rejects.toThrow('the client left');
    expect(world.calls.map(({ exchange }) => exchange.aborted?.message)).toEqual(['the client left', 'the client left']);
  });

  it('stays with one leg where no other may join, or the exchange is over', async () => {
    const closed = new World();
    closed.open = false;
    const over = new World();
    const answers = [closed.run(), over.run()];
    over.exchange.abort(new Error('over'));
    await expect(answers[1]).rejects.toThrow('over');
    await sleep(2 * DELAY);
    expect([closed.calls.length, over.calls.length]).toEqual([1, 1]);
    closed.call(0).answer(200);
    expect((await answers[0])?.status).toBe(200);
  });
});
