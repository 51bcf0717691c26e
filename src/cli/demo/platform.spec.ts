import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '#libs/testing';
import { jwtSecret, noon, PlatformFixture } from './platform.fixture.js';
import { serviceNames, startPlatform } from './platform.js';

describe('startPlatform', () => {
  const platform = new PlatformFixture();
  beforeAll(() => platform.start());
  afterAll(() => platform.close());

  it.each(serviceNames)('%s says that it is well and what it serves', async (service) => {
    const health = await platform.ask(service, 'GET /health');
    expect(health).toMatchObject({
      status: 200,
      body: { status: 'healthy', service, timestamp: new Date(noon).toISOString() },
    });
    const info = await platform.ask(service, 'GET /info');
    expect(info.body).toMatchObject({ service, version: '1.0.0' });
    expect((info.body['endpoints'] as string[]).length).toBeGreaterThan(2);
  });

  it('is degraded only for those who ask for it', async () => {
    expect(await platform.ask('attendance-service', 'GET /health?status=degraded')).toMatchObject({
      status: 200,
      body: { status: 'degraded' },
    });
  });

  it('leaves the request id to the gateway', async () => {
    const response = await fetch(platform.url('course-service', '/courses/'), {
      headers: { 'x-gateway-request-id': 'abc' },
    });
    expect(response.headers.has('x-request-id')).toBe(false);
  });

  it.each([
    ['GET /nowhere', 404, 'Not Found'],
    ['DELETE /courses/', 405, 'Method Not Allowed'],
  ])('answers %s with %i in the shape of the platform', async (line, status, detail) => {
    expect(await platform.ask('course-service', line)).toMatchObject({ status, body: { detail } });
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await platform.fetch('course-service', 'HEAD /courses/');
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
    expect(await response.text()).toBe('');
  });
});

describe('close', () => {
  it('ends sockets, event streams and cameras at once, and may be called twice', async () => {
    const platform = new PlatformFixture();
    await platform.start();
    const asking = { as: { id: 2 } };
    const { socket } = await platform.socket('messaging-service', '/ws', asking);
    const events = await platform.fetch('notification-service', 'GET /api/v1/notifications/stream', asking);
    const camera = await platform.fetch('face-recognition-service', 'GET /api/v1/camera/stream');
    const cut = Promise.allSettled([events.text(), camera.text(), once(socket, 'close')]);

    const started = performance.now();
    await platform.close();
    await platform.close();
    // What waited for idle connections to end would take five seconds, what waited for streams for ever.
    expect(performance.now() - started).toBeLessThan(4_000);
    expect((await cut).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await expect(fetch(platform.url('auth-service', '/health'))).rejects.toThrow('fetch failed');
  });
});

describe('firstPort', () => {
  const taken = createServer();
  beforeAll(() => once(taken.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => taken.close());

  it('starts nothing when one of the nine ports is taken', async () => {
    const servers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    const before = servers();
    const { port } = taken.address() as AddressInfo;
    await expect(startPlatform({ jwtSecret, firstPort: port - 2 })).rejects.toThrow('EADDRINUSE');
    // A handle is gone at the end of the event loop's turn, not at 'close'.
    await until(() => servers() <= before);
  });
});
