import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService, until } from '#libs/testing';
import { FrontDoor } from '../../src/http/front-door.js';
import { gateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';

const FILE = `
routes:
  all: { match: { path: /** }, to: echo, authenticate: none }
`;
const WEBSOCKET = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n';
const UPGRADE = `GET /ws HTTP/1.1\r\n${WEBSOCKET}\r\n`;
const CONNECT = 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n';
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** node:http hands a connection over with every upgrade and every CONNECT; whatever it then throws ends the process. */
describe('connections that node:http lets go of', () => {
  it.each([
    ['an upgrade', UPGRADE],
    ['a CONNECT', CONNECT],
  ])('%s behind requests that are not answered yet ends the connection, not the process', async (_what, bytes) => {
    const slow = await echoService((_request, response) => { setTimeout(() => response.end('late'), 300); });
    await using gw = await gateway(FILE, { echo: slow });
    const reply = await raw(gw.port, get('/1') + get('/2') + get('/3') + bytes, 1_000);
    expect(reply).toMatchObject({ closed: true, text: '' });
    await until(() => gw.gateway.app.get(FrontDoor).active === 0);
    expect((await gw.fetch('/alive')).status).toBe(200);
  });

  it.each([
    ['a length', `GET /ws HTTP/1.1\r\n${WEBSOCKET}Content-Length: 5\r\n\r\n`, 400],
    ['a body and a request behind it', `GET /ws HTTP/1.1\r\n${WEBSOCKET}Content-Length: 5\r\n\r\nabcde${get('/smuggled')}`, 400],
    ['chunks', `POST /ws HTTP/1.1\r\n${WEBSOCKET}Transfer-Encoding: chunked\r\n\r\n5\r\nab`, 400],
    ['broken chunks', `GET /ws HTTP/1.1\r\n${WEBSOCKET}Transfer-Encoding: chunked\r\n\r\n5zz\r\n`, 400],
    ['a length, and CONNECT', CONNECT.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n'), 405],
    ['broken chunks, and CONNECT', CONNECT.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'), 405],
  ])('an upgrade with %s is refused, and nothing of it reaches a service', async (_what, bytes, status) => {
    await using gw = await gateway(FILE);
    expect(await raw(gw.port, bytes, 1_000)).toMatchObject({ status, closed: true });
    expect(gw.echo.requests).toHaveLength(0);
  });

  it('a client that resets the connection at any moment takes nothing with it', async () => {
    await using gw = await gateway(FILE);
    for (let i = 0; i < 60; i++) {
      const socket = connect(gw.port, '127.0.0.1').on('error', () => {});
      socket.write(i % 2 === 0 ? CONNECT : UPGRADE, () => setTimeout(() => socket.resetAndDestroy(), i % 3));
      await sleep(2);
    }
    await until(() => gw.gateway.app.get(FrontDoor).active === 0);
    expect((await gw.fetch('/alive')).status).toBe(200);
  });
});
