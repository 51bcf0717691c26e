import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#libs/testing';
import { FakeFork } from './channel.fixture.js';
import { Crew, delayAfter } from './crew.js';
import { Member } from './member.js';
import type { Forked, WorkerProcess } from './worker-process.js';

/** A crew whose workers get ready, leave when told, and fail when `failing` says so. */
function setup() {
  const forks: FakeFork[] = [];
  const logged: [string, object][] = [];
  const write = (fields: object, message: string): void => void logged.push([message, fields]);
  const failing = { now: false };
  const gone: number[] = [];
  const fork = (): Forked => {
    const made = new FakeFork(forks.length + 1, (end) => {
      const member = new Member(made.id, end);
      if (failing.now) void member.fail('no luck').then(() => made.end(1, null));
      else void member.stand('http://a', { reload: () => Promise.resolve([]), version: () => 'v', note: () => {}, leave: () => made.end(0, null), orphaned: () => {} });
    });
    forks.push(made);
    return made as unknown as Forked;
  };
  const crew = new Crew({ fork, beginning: () => ({ image: new Map(), grace: 0 }), log: { info: write, warn: write, error: write } }, { ready: () => {}, gone: ({ id }: WorkerProcess) => void gone.push(id), tell: () => {} });
  return { crew, failing, forks, gone, logged };
}

describe('Crew', () => {
  it.each([[0, 0], [1, 250], [2, 500], [4, 2_000], [8, 30_000], [100, 30_000]])('after %i early ends it waits %i ms', (early, delay) => expect(delayAfter(early)).toBe(delay));

  it('keeps its number: who ends unasked is made good', async () => {
    const { crew, forks, gone, logged } = setup();
    crew.size = 2;
    await crew.fill();
    forks[0]?.end(null, 'SIGKILL');
    await until(() => crew.ready.length === 2);
    expect([crew.ready.map(({ id }) => id), crew.replaced, gone]).toEqual([[2, 3], { died: 1, asked: 0 }, [1]]);
    expect(logged.find(([message]) => message === 'a worker ended')?.[1]).toMatchObject({ worker: 1, pid: 1_001, signal: 'SIGKILL', delay: 250 });
    await crew.close();
    expect(crew.members.size).toBe(0);
  });

  it('waits longer for each that ends early, and tells why one does not get ready', async () => {
    const { crew, failing, forks, logged } = setup();
    crew.size = 1;
    await crew.fill();
    failing.now = true;
    forks[0]?.end(1, null);
    await until(() => logged.filter(([message]) => message === 'a worker ended').length === 2);
    expect(logged.filter(([message]) => message === 'a worker ended').map(([, fields]) => (fields as { delay: number }).delay)).toEqual([250, 500]);
    expect(logged).toContainEqual(['a worker does not get ready', { worker: 2, reason: 'no luck' }]);
    failing.now = false;
    await until(() => crew.ready.length === 1);
    await crew.close();
  });

  it('does not make good for one that was asked to leave, nor after the end', async () => {
    const { crew, forks } = setup();
    crew.size = 2;
    await crew.fill();
    crew.size = 1;
    await crew.ready[0]?.leave('gentle');
    forks[1]?.end(1, null);
    await crew.close();
    await sleep(400);
    expect(forks).toHaveLength(2);
  });

  it('says what is wrong with one that never stood', async () => {
    const { crew, failing } = setup();
    failing.now = true;
    const first = crew.hire();
    await expect(first.ready).rejects.toThrow('no luck');
    await first.gone;
    crew.size = 1;
    await expect(crew.fill()).rejects.toThrow('no luck');
    await crew.close();
  });
});
