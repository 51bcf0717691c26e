import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService } from '#libs/testing';
import { SECRET, token } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';
import { closing, open, socketService, type SocketService } from '../support/websocket.js';

const PASSWORD = 'hunter2-hunter2';
const FILE = `version: 1
log: { query: true, headers: [Authorization, Cookie, X-Api-Key, X-Plain] }
authenticate: { users: { use: jwt, secret: "\${SECRET}", algorithms: [HS256], from: [{ header: Authorization, scheme: Bearer }, { query: token }] } }
services: { echo: { targets: "\${ECHO}" }, slow: { targets: "\${SLOW}" }, dead: { targets: "http://127.0.0.1:1" } }
routes:
  open: { match: { path: /open/** }, to: echo, authenticate: none }
  guarded: { match: { path: /guarded/** }, to: echo }
  slow: { match: { path: /slow }, to: slow, authenticate: none }
  dead: { match: { path: /dead }, to: dead, authenticate: none }
`;

type Line = Record<string, unknown>;

describe('O4: one JSON line per exchange', () => {
  let folder: string;
  let echo: SocketService;
  let slow: Awaited<ReturnType<typeof echoService>>;
  let running: Passerelle;
  let url: string;
  let bearer: string;

  beforeAll(async () => {
    build();
    folder = mkdtempSync(path.join(tmpdir(), 'passerelle-log-'));
    writeFileSync(path.join(folder, 'gateway.yaml'), FILE);
    echo = await socketService();
    slow = await echoService(() => {});
    bearer = await token({ sub: '7', role: 'admin' });
    running = Passerelle.run(['start', '-c', 'gateway.yaml', '-p', '0', '--host', '127.0.0.1'], { cwd: folder, env: { SECRET, ECHO: echo.url, SLOW: slow.url } });
    [, url = ''] = await running.says(/listens on (http:\S+)/);
  }, 60_000);
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await echo.close();
    await slow.close();
    rmSync(folder, { recursive: true });
  });

  /** Where this try of a test began: one before it asked with the same ids. */
  let from = 0;
  beforeEach(() => { from = running.out.length; });
  // The last one may be half a line.
  const lines = (): Line[] => running.out.slice(from).split('\n').slice(0, -1).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
  /** The access line of a request id, and a little time for a second one that must not come. */
  const lineOf = async (id: string): Promise<Line> => {
    const mine = (): Line[] => lines().filter(({ msg, requestId }) => msg === 'request' && requestId === id);
    while (mine().length === 0) await sleep(20);
    expect(mine()).toHaveLength(1);
    return mine()[0] as Line;
  };
  const ask = async (id: string, where: string, init: RequestInit = {}): Promise<Line> => {
    await (await fetch(url + where, { ...init, headers: { 'x-request-id': id, 'user-agent': 'spec/1', ...(init.headers as Record<string, string>) } })).text();
    return lineOf(id);
  };

  it('proxied', async () => {
    const line = await ask('proxied', '/open/a?x=1', { method: 'POST', body: 'hello', headers: { 'x-plain': 'shown', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } });
    expect(line).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/), level: 'info', msg: 'request', requestId: 'proxied', traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      client: '127.0.0.1', method: 'POST', path: '/open/a?x=1', route: 'open', service: 'echo', target: new URL(echo.url).host, tries: 1, targetTime: expect.any(Number),
      status: 200, duration: expect.any(Number), bytesIn: 5, bytesOut: expect.any(Number), userAgent: 'spec/1', headers: { 'x-plain': 'shown' },
    });
    expect(line['duration']).toBeGreaterThanOrEqual(line['targetTime'] as number);
    expect(line['bytesOut']).toBeGreaterThan(100);
  });

  it.each<[string, string, string, Line]>([
    ['known caller', 'known', '/guarded/a', { status: 200, route: 'guarded', subject: '7', authenticator: 'users' }],
    ['refused', 'refused', '/guarded/a', { status: 401, problem: 'unauthenticated', route: 'guarded' }],
    ['no route', 'lost', '/nowhere', { status: 404, problem: 'route-not-found', route: '(unmatched)' }],
    ['unsafe path', 'unsafe', '/open/%00?token=abc', { status: 400, problem: 'unsafe-path' }],
    ['an endpoint', 'endpoint', '/health', { status: 200, route: 'endpoint:health', endpoint: 'health' }],
    ['a dead service', 'dead', '/dead', { status: 502, problem: 'target-unreachable', service: 'dead', tries: 1 }],
  ])('%s', async (_what, id, where, expected) => {
    const line = await ask(id, where, id === 'known' ? { headers: { authorization: `Bearer ${bearer}` } } : {});
    expect(line).toMatchObject({ msg: 'request', method: 'GET', ...expected });
    expect('target' in line).toBe(['known', 'dead'].includes(id));
  });

  it('why a service could not be reached is a line beside it, with the same id', async () => {
    await ask('dead-2', '/dead');
    const [line] = lines().filter(({ requestId, level }) => requestId === 'dead-2' && level === 'error');
    expect(line).toMatchObject({ problem: 'target-unreachable', service: 'dead', err: { code: 'ECONNREFUSED' } });
  });

  it('a client that leaves: 499', async () => {
    const { length } = slow.requests;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\nX-Request-ID: left\r\n\r\n');
    while (slow.requests.length === length) await sleep(10);
    socket.destroy();
    expect(await lineOf('left')).toMatchObject({ status: 499, problem: 'client-closed-request', route: 'slow' });
  });

  it('a WebSocket, when it ends', async () => {
    const socket = await open(`${url}/open/ws`, { headers: { 'x-request-id': 'ws' } });
    socket.send('hello');
    await sleep(50);
    expect(lines().some(({ requestId }) => requestId === 'ws')).toBe(false);
    const end = closing(socket);
    socket.close(1000);
    await end;
    expect(await lineOf('ws')).toMatchObject({ status: 101, upgrade: 'websocket', route: 'open', service: 'echo' });
  });

  it('bytes that are no HTTP', async () => {
    const before = lines().length;
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    socket.write('this is not HTTP\r\n\r\n');
    while (!lines().slice(before).some(({ problem }) => problem === 'malformed-request')) await sleep(20);
    socket.destroy();
    expect(lines().slice(before).find(({ problem }) => problem === 'malformed-request')).toMatchObject({ msg: 'request', status: 400, client: '127.0.0.1' });
  });

  it('and never a credential in it, wherever it was sent', async () => {
    const basic = Buffer.from(`ada:${PASSWORD}`).toString('base64');
    await ask('secret-1', `/guarded/a?token=${bearer}&x=1`);
    await ask('secret-2', `/open/a?password=${PASSWORD}&api_key=${PASSWORD}&x=1`, { headers: { authorization: `Basic ${basic}`, cookie: `session=${PASSWORD}`, 'x-api-key': PASSWORD } });
    await ask('secret-3', `/nowhere?token=${bearer}`, { headers: { authorization: `Bearer ${bearer}` } });
    await ask('secret-4', `/open/${bearer}?code=${PASSWORD}`);
    await ask('secret-5', '/open/login', { method: 'POST', body: JSON.stringify({ password: PASSWORD }), headers: { 'user-agent': `x ${bearer}` } });
    await ask('secret-6', `/dead?token=${bearer}`, { headers: { authorization: `Bearer ${bearer}` } });
    expect((await lineOf('secret-1'))['path']).toBe('/guarded/a?x=1');
    expect((await lineOf('secret-2'))['headers']).toEqual({ authorization: '[redacted]', cookie: '[redacted]', 'x-api-key': '[redacted]' });
    for (const secret of [bearer, bearer.split('.')[1] as string, PASSWORD, basic, SECRET]) expect(running.out + running.err).not.toContain(secret);
  });
});
