import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.js';
import { Deadlines } from './deadlines.js';
import { Link, type LinkOptions } from './link.js';

/** A client that answers what its script says: an answer, an error, or nothing ever. */
class Scripted implements Client {
  isReady = false;
  destroyed = false;
  readonly sent: (readonly string[])[] = [];
  #fail: ((error: unknown) => void)[] = [];

  constructor(private readonly answer: (command: readonly string[]) => unknown) {}

  connect(): Promise<void> {
    this.isReady = true;
    return Promise.resolve();
  }

  close = (): Promise<void> => Promise.resolve();
  subscribe = (): Promise<void> => Promise.resolve();
  unsubscribe = (): Promise<void> => Promise.resolve();
  unref = (): void => undefined;

  destroy(): void {
    this.isReady = false;
    this.destroyed = true;
  }

  sendCommand(command: readonly string[]): Promise<unknown> {
    this.sent.push(command);
    const answer = this.answer(command);
    if (answer === undefined) return new Promise(() => undefined);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }

  on(event: string, listener: (error: unknown) => void): void {
    if (event === 'error') this.#fail.push(listener);
  }

  break(why: string): void {
    this.isReady = false;
    for (const fail of this.#fail) fail(new Error(why));
  }
}

async function found(link: Link): Promise<void> {
  while (link.away !== null) await sleep(1);
}

const silent = (): undefined => undefined;

async function linked(answers: readonly ((command: readonly string[]) => unknown)[], options: Partial<LinkOptions> = {}) {
  const clients: Scripted[] = [];
  const changes: (string | null)[] = [];
  let now = 0;
  const clock = { elapsed: () => now };
  const link: Link = new Link({
    clock, deadlines: new Deadlines(10, { elapsed: () => performance.now() }), timeouts: { command: 10, connect: 100, retry: 40 },
    open: () => {
      const answer = answers[clients.length];
      if (!answer) return Promise.reject(new Error('nobody there'));
      const client = new Scripted(answer);
      clients.push(client);
      return Promise.resolve(client);
    },
    greet: () => Promise.resolve(), changed: () => changes.push(link.away?.why ?? null), ...options,
  }).start();
  await link.settled;
  return { link, clients, changes, pass: (time: number) => { now += time; } };
}

it('three late answers in a row end a connection; one in time between them does not let it come to that', async () => {
  const { link, clients } = await linked([([what]) => (what === 'LATE' ? undefined : 'ok'), () => 'new'], {});
  for (const command of ['LATE', 'LATE', 'PING', 'LATE', 'LATE']) await link.send([command]).catch(() => undefined);
  expect(link.away).toBeNull();
  await expect(link.send(['LATE'])).rejects.toThrow('no answer in time');
  expect([link.away?.why, clients[0]?.destroyed]).toEqual(['no answer within 10 ms', true]);
  await expect(link.send(['PING'])).rejects.toThrow('no answer within 10 ms');
});

it('one that lasted is made anew at once, one that did not only after a while', async () => {
  const { link, clients, changes, pass } = await linked([silent, silent, silent]);
  pass(1000);
  clients[0]?.break('cut');
  await found(link);
  expect(clients.length).toBe(2);
  clients[1]?.break('cut again');
  await new Promise((resolve) => { setImmediate(resolve); });
  expect([clients.length, link.away?.why]).toEqual([2, 'cut again']);
  await found(link);
  expect(clients.length).toBe(3);
  expect(changes).toEqual([null, 'cut', null, 'cut again', null]);
});

it('a connection that broke unseen is noticed by what is asked next', async () => {
  const { link, clients } = await linked([() => new Error('The client is closed')]);
  (clients[0] as Scripted).isReady = false;
  await expect(link.send(['PING'])).rejects.toThrow('closed');
  expect(link.away?.why).toBe('The client is closed');
});

it('a script that is not known is told once', async () => {
  const { link, clients } = await linked([([what]) => (what === 'EVALSHA' ? new Error('NOSCRIPT No matching script') : [what])]);
  expect(await link.send(['EVALSHA', 'sha', '1', 'k', 'a'], 'return 1')).toEqual(['EVAL']);
  expect(clients[0]?.sent).toEqual([['EVALSHA', 'sha', '1', 'k', 'a'], ['EVAL', 'return 1', '1', 'k', 'a']]);
  await expect(link.send(['EVALSHA', 'sha', '0'])).rejects.toThrow('NOSCRIPT');
});

it('a server that only reads now is left', async () => {
  const { link } = await linked([() => new Error("READONLY You can't write against a read only replica.")]);
  await expect(link.send(['SET', 'k', 'v'])).rejects.toThrow('READONLY');
  expect(link.away?.why).toBe('it only reads');
});

it('goes where it is sent, once', async () => {
  const there = await linked([([what]) => (what === 'GET' ? 'found' : 'ok')]);
  const moved = await linked([() => new Error('MOVED 1 h:2')], { redirect: () => ({ link: there.link, asking: false }) });
  const asked = await linked([() => new Error('ASK 1 h:2')], { redirect: () => ({ link: there.link, asking: true }) });
  expect([await moved.link.send(['GET', 'k']), await asked.link.send(['GET', 'k'])]).toEqual(['found', 'found']);
  expect(there.clients[0]?.sent).toEqual([['GET', 'k'], ['ASKING'], ['GET', 'k']]);
  const circle: { link: Link } = await linked([() => new Error('MOVED 1 h:2')], { redirect: () => ({ link: circle.link, asking: false }) });
  await expect(circle.link.send(['GET', 'k'])).rejects.toThrow('MOVED');
});

it('closed: refuses, and makes no connection any more', async () => {
  const { link, clients, changes } = await linked([silent, silent]);
  const last = link.send(['PING']);
  await link.close();
  await expect(last).rejects.toThrow();
  await expect(link.send(['PING'])).rejects.toThrow('the connection is closed');
  clients[0]?.break('late');
  await sleep(60);
  expect([clients.length, changes]).toEqual([1, [null]]);
});
