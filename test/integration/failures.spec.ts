import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { events, type BrokenAnswer } from '#libs/kernel';
import { echoService, until } from '#libs/testing';
import { gateway } from '../support/gateway.js';

const OPEN = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none, timeout: { connect: 10s, firstByte: 10s, idle: 10s, total: 15s } } }';
/** As above, but one of its times is short. */
const short = (name: string): string => OPEN.replace(new RegExp(`${name}: \\d+s`), `${name}: 300ms`);

/** A target that does to a connection whatever the test says. */
async function rawTarget(onData: Parameters<typeof createServer>[1]): Promise<{ server: Server; url: string }> {
  const server = createServer(onData);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function answerOf(url: string, routes = OPEN): Promise<{ status: number; body: { code?: string } }> {
  await using gw = await gateway(`services: { echo: { targets: "${url}" } }\n${routes}`);
  const { status, text } = await gw.fetch('/a');
  return { status, body: JSON.parse(text || '{}') as { code?: string } };
}

describe('T9: each failure has its own problem', () => {
  it('502 target-unreachable when nobody listens', async () => {
    expect(await answerOf('http://127.0.0.1:1')).toMatchObject({ status: 502, body: { code: 'target-unreachable' } });
  });

  it('504 first-byte-timeout when the target is silent', async () => {
    await using echo = await echoService(() => {});
    expect(await answerOf(echo.url, short('firstByte'))).toMatchObject({ status: 504, body: { code: 'first-byte-timeout' } });
  });

  it('502 bad-target-response when the target answers garbage', async () => {
    const { server, url } = await rawTarget((socket) => { socket.on('error', () => {}); socket.once('data', () => socket.end('this is not HTTP\r\n\r\n')); });
    expect(await answerOf(url)).toMatchObject({ status: 502, body: { code: 'bad-target-response' } });
    server.close();
  });

  it('502 bad-target-response when the target resets before its head', async () => {
    const { server, url } = await rawTarget((socket) => { socket.on('error', () => {}); socket.once('data', () => socket.resetAndDestroy()); });
    expect(await answerOf(url)).toMatchObject({ status: 502, body: { code: 'bad-target-response' } });
    server.close();
  });

  it('504 connect-timeout when no connection is free', async () => {
    await using echo = await echoService((request, response) => { if (request.url === '/quick') response.end(); });
    await using gw = await gateway(`services: { echo: { targets: "\${ECHO}", connections: { max: 1 } } }\n${short('connect')}`, { echo });
    const blocked = gw.fetch('/hang').catch(() => null);
    await until(() => echo.requests.length === 1);
    const { status, json } = await gw.fetch('/quick');
    expect(status).toBe(504);
    expect(json()).toMatchObject({ code: 'connect-timeout' });
    echo.server.closeAllConnections();
    await blocked;
  });

  it('504 total-timeout when the answer trickles past the limit', async () => {
    await using echo = await echoService(() => {});
    await using gw = await gateway(short('total'), { echo });
    const { status, json } = await gw.fetch('/a');
    expect(status).toBe(504);
    expect(json()).toMatchObject({ code: 'total-timeout' });
  });

  it.each(['stalls', 'dies'])('cuts the connection when a body %s half-way', async (how) => {
    await using echo = await echoService((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('half');
      if (how === 'dies') setTimeout(() => response.destroy(), 50);
    });
    await using gw = await gateway(short('idle'), { echo });
    const broken: BrokenAnswer[] = [];
    const stop = events.answerBroken.subscribe((one) => broken.push(one));
    await expect(gw.fetch('/a')).rejects.toThrow();
    await until(() => broken.length > 0);
    stop();
    expect(broken.map(({ problem, target }) => [problem.extras.members, target.url.port])).toEqual([[{ phase: 'response-body', side: 'target' }, new URL(echo.url).port]]);
  });

  it.each(['leaves', 'leaves in the middle of its upload', 'uploads more than it may', 'waits until the total time is over'])('blames no target for an answer whose client %s', async (how) => {
    await using echo = await echoService((request, response) => { request.resume(); response.writeHead(200); setInterval(() => response.write('more'), 20).unref(); });
    await using gw = await gateway((how.startsWith('waits') ? short('total') : OPEN).replace('none,', 'none, body: { limit: 5b },'), { echo });
    const broken: BrokenAnswer[] = [];
    const stop = events.answerBroken.subscribe((one) => broken.push(one));
    const closed = new Promise((resolve) => { const end = events.exchangeClosed.subscribe((exchange) => { end(); resolve(exchange); }); });
    const socket = connect(gw.port, '127.0.0.1').on('error', () => {});
    socket.write(how.includes('upload') ? 'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n' : 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    if (how.startsWith('leaves')) socket.destroy();
    if (how.startsWith('uploads')) socket.write('3\r\ndef\r\n');
    await closed;
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop();
    socket.destroy();
    expect(broken).toEqual([]);
  });

  it('aborts the request to the target when the client leaves', async () => {
    let left: (value: boolean) => void;
    const gone = new Promise<boolean>((resolve) => { left = resolve; });
    await using echo = await echoService((request) => { request.socket.on('close', () => left(true)); });
    await using gw = await gateway(OPEN, { echo });
    const socket = connect(gw.port, '127.0.0.1');
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => echo.requests.length === 1);
    socket.destroy();
    expect(await gone).toBe(true);
  });
});
