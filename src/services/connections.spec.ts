import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExtensionRegistry, Target } from '#libs/kernel';
import { echoService, until } from '#libs/testing';
import { z } from 'zod';
import { defineBalancer } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { serviceSchema } from '../config/schema/services.js';
import { connectionSettings, openConnections, poolStats } from './connections.js';

const any = defineBalancer({ name: 'p2c', schema: z.strictObject({}), create: () => ({ pick: ([one]) => one as Target }) });
const service = (settings: Record<string, unknown>): ServiceConfig => serviceSchema(new ExtensionRegistry([any])).parse({ targets: 'https://a', ...settings });

describe('connectionSettings', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, boolean]>([
    ['nothing', {}, {}, true],
    ['the balancer', { zone: { own: 'a' } }, {}, true],
    ['health', {}, { health: { path: '/other' } }, true],
    ['the protocol', {}, { protocol: 'http2' }, false],
    ['streams', {}, { connections: { streams: 5 } }, false],
    ['the age of connections', {}, { connections: { maxAge: '5m' } }, false],
    ['networks', {}, { networks: 'private' }, false],
    ['the name in the certificate', {}, { tls: { servername: 'b' } }, false],
    ['verification', {}, { tls: { verify: 'off' } }, false],
  ])('of two services that differ in %s', (_what, one, other, same) => {
    expect(connectionSettings(service(one)) === connectionSettings(service(other))).toBe(same);
  });
});

describe('HTTP/1.1 connections', () => {
  const ask = async (dispatcher: ReturnType<typeof openConnections>): Promise<void> => { await (await dispatcher.request({ path: '/', method: 'GET' })).body.dump(); };

  it.each([['maxRequests', { maxRequests: 2 }, 0, 3], ['maxAge', { maxAge: '50ms' }, 120, 6], ['neither', {}, 0, 1]])('are replaced after %s', async (_what, settings, pause, connections) => {
    await using echo = await echoService();
    let count = 0;
    echo.server.on('connection', () => { count++; });
    const dispatcher = openConnections(new URL(echo.url), service({ connections: settings }));
    for (let i = 0; i < 6; i++) { await ask(dispatcher); await sleep(pause); }
    expect(count).toBe(connections);
    await dispatcher.close();
  });

  it.each(['http1', 'http2'])('tell how busy they are, as those of HTTP/2 do: %s', async (protocol) => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => { sockets.push(socket.on('error', () => {})); }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = new URL(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const dispatcher = openConnections(url, service({ protocol, connections: { max: 1, streams: 1 } }));
    const target = new Target(url, dispatcher);
    expect(poolStats(target)).toEqual({ connected: 0, free: 0, pending: 0, queued: 0, running: 0 });
    const asked = Promise.allSettled([ask(dispatcher), ask(dispatcher), ask(dispatcher)]);
    await until(() => poolStats(target).connected === 1);
    expect(poolStats(target)).toEqual({ connected: 1, free: 0, pending: 0, queued: 2, running: 1 });
    await dispatcher.destroy();
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(poolStats(target)).toMatchObject({ connected: 0, running: 0 });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});
