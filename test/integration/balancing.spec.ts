import { gateway, type TestGateway } from '../support/gateway.js';
import { open, socketService, type SocketService } from '../support/websocket.js';

const SERVICES = 3;
const file = (balance: string): string => `version: 1
log: { level: silent, access: off }
services: { echo: { targets: "\${TARGETS}", balance: ${balance} } }
routes: { live: { match: { path: /live/** }, to: echo, authenticate: none } }
`;

let services: SocketService[];
beforeAll(async () => { services = await Promise.all(Array.from({ length: SERVICES }, () => socketService())); });
afterAll(async () => { await Promise.all(services.map((service) => service.close())); });

function start(balance: string): Promise<TestGateway> {
  const [first] = services as [SocketService];
  // The services are shared: a gateway must not close the one it is handed.
  const echo = { ...first, close: () => Promise.resolve() };
  return gateway(file(balance), { echo, env: { TARGETS: services.map(({ url }) => url).join(',') } });
}

/** Which service got the requests since the last call, one number each. */
function counter(): () => number[] {
  const before = services.map(({ requests }) => requests.length);
  return () => services.map(({ requests }, index) => {
    const got = requests.length - (before[index] as number);
    before[index] = requests.length;
    return got;
  });
}

describe('T5: balance: { use: sticky-cookie }', () => {
  it('keeps polls and the WebSocket that follows them with one target, as Socket.IO needs it', async () => {
    await using gw = await start('{ use: sticky-cookie, name: live }');
    const got = counter();
    const poll = await gw.fetch('/live/socket.io?transport=polling');
    const home = got().indexOf(1);
    const [cookie, ...others] = [poll.headers['set-cookie']].flat();
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^live=[\w-]{16}; Path=\/; HttpOnly; SameSite=Lax$/);
    const headers = { cookie: (cookie as string).split(';')[0] as string };
    for (let i = 0; i < 10; i++) expect((await gw.fetch('/live/socket.io?transport=polling', { headers })).headers['set-cookie']).toBeUndefined();
    expect(got()[home]).toBe(10);
    const sockets = (services[home] as SocketService).sockets;
    const arrived = new Promise((resolve) => { sockets.once('connection', resolve); });
    const socket = await open(`${gw.url}/live/socket.io`, { headers });
    await arrived;
    socket.terminate();
  });

  it('a WebSocket that comes first gets the cookie with its 101', async () => {
    await using gw = await start('{ use: sticky-cookie }');
    const upgraded = new Promise<string>((resolve) => {
      void open(`${gw.url}/live/ws`, { finishRequest: (request) => { request.once('upgrade', ({ headers }: { headers: Record<string, unknown> }) => resolve(String(headers['set-cookie']))); request.end(); } }).then((socket) => socket.terminate());
    });
    expect(await upgraded).toMatch(/^passerelle_target=[\w-]{16}; /);
  });
});

describe('balance: { use: consistent-hash }', () => {
  it('a tenant stays with one target, tenants spread over all', async () => {
    await using gw = await start('{ use: consistent-hash, by: header, name: X-Tenant }');
    const used = new Set<number>();
    for (let tenant = 0; tenant < 60; tenant++) {
      const got = counter();
      for (let i = 0; i < 2; i++) await gw.fetch('/live/a', { headers: { 'x-tenant': `tenant-${tenant}` } });
      const counts = got();
      expect(counts.filter((count) => count > 0)).toEqual([2]);
      used.add(counts.indexOf(2));
    }
    expect(used.size).toBe(SERVICES);
  });

  it('a file without the name of the header is refused, with its place', async () => {
    await expect(start('{ use: consistent-hash, by: header }')).rejects.toThrow(/gateway\.yaml:3:\d+ services\.echo\.balance\.?\w*: expected the name of the header/);
  });
});
