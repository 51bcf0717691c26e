import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { events, systemClock } from '#libs/kernel';
import { until } from '#libs/testing';
import { redisSchema } from '../config/schema/redis.js';
import { RedisDirectory } from './redis-directory.js';

/** Says yes to everything, as far as a client that connects is concerned. */
class Yes implements AsyncDisposable {
  readonly sockets = new Set<Socket>();
  #server: Server = createServer((socket) => {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    socket.on('data', (chunk) => socket.write('+OK\r\n'.repeat(chunk.toString().split('\r\n').filter((line) => line.startsWith('*')).length)));
  });

  static async start(): Promise<Yes> {
    const yes = new Yes();
    await once(yes.#server.listen(0, '127.0.0.1'), 'listening');
    return yes;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => { this.#server.close(resolve); });
  }
}

// A machine that stands still is no Redis that is away.
const settings = (url: string, more: object = {}) => redisSchema.parse({ url, retry: '50ms', timeout: '10s', connectTimeout: '10s', ...more });

it('keeps the connection while its settings stay, and ends the one before when they change', async () => {
  await using server = await Yes.start();
  const directory = new RedisDirectory();
  const first = directory.build(settings(server.url), systemClock);
  await first.settled;
  expect([first.connection?.away, directory.current]).toEqual([null, null]);
  first.adopt();
  const same = directory.build(settings(server.url), systemClock);
  same.adopt();
  expect([same.connection, directory.current]).toEqual([first.connection, first.connection]);

  const other = directory.build(settings(server.url, { prefix: 'other:' }), systemClock);
  await other.settled;
  expect([other.connection === first.connection, directory.current === first.connection, server.sockets.size]).toEqual([false, true, 2]);
  other.adopt();
  expect([directory.current === other.connection, first.connection?.away]).toEqual([true, null]);

  const none = directory.build(undefined, systemClock);
  await none.settled;
  none.adopt();
  expect([none.connection, directory.current]).toEqual([null, null]);
  await directory.onApplicationShutdown();
  await until(() => server.sockets.size === 0);
});

it('what came to nothing is closed, unless it is in force', async () => {
  await using server = await Yes.start();
  const directory = new RedisDirectory();
  const built = directory.build(settings(server.url), systemClock);
  await built.settled;
  built.adopt();
  directory.build(settings(server.url), systemClock).discard();
  const lost = directory.build(settings(server.url, { timeout: '9s' }), systemClock);
  await lost.settled;
  lost.discard();
  await until(() => server.sockets.size === 1);
  expect([built.connection?.away, lost.connection?.away]).toEqual([null, 'the connection is closed']);
  await directory.onApplicationShutdown();
});

it('tells of the connection in force only, once per change', async () => {
  const heard: (string | null)[] = [];
  const end = events.redisChanged.subscribe(({ away }) => heard.push(away));
  try {
    await using server = await Yes.start();
    const directory = new RedisDirectory();
    const nobody = 'redis://127.0.0.1:1';
    const discarded = directory.build(settings(nobody), systemClock);
    await discarded.settled;
    discarded.discard();
    expect(heard).toEqual([]);
    const away = directory.build(settings(nobody), systemClock);
    away.adopt();
    await until(() => heard.length === 1);
    const there = directory.build(settings(server.url), systemClock);
    await there.settled;
    there.adopt();
    await until(() => heard.length === 2);
    for (const socket of server.sockets) socket.destroy();
    await until(() => heard.length === 4);
    expect(heard).toEqual([expect.stringContaining('ECONNREFUSED'), null, expect.any(String), null]);
    await directory.onApplicationShutdown();
    expect(heard).toHaveLength(4);
  } finally {
    end();
  }
});
