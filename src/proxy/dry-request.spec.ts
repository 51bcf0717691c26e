import { createServer, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { incomingMessage } from './dry-request.js';

const sent = [
  'Host', 'a', 'X-A', '1', 'x-a', '2', 'Cookie', 'a=1', 'Cookie', 'b=2', 'Content-Type', 'text/plain', 'Content-Type', 'text/html',
  'Authorization', 'one', 'Authorization', 'two', 'User-Agent', 'x', 'User-Agent', 'y', 'Accept', '*/*', 'Accept', 'text/*',
];

it('joins repeated fields as node:http does', async () => {
  const server = createServer((request, response) => response.end(JSON.stringify(request.headers))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = httpRequest({ port: (server.address() as AddressInfo).port, headers: [...sent, 'Connection', 'close'], setHost: false }).end();
  const [answer] = (await once(client, 'response')) as [NodeJS.ReadableStream];
  const { connection: _connection, ...real } = (await json(answer)) as Record<string, string>;
  server.close();
  expect(incomingMessage({ method: 'GET', target: '/', headers: sent, body: null, secure: false, peer: '127.0.0.1', caller: null }).headers).toEqual(real);
});

it('has a body that can be read, and a peer', async () => {
  const message = incomingMessage({ method: 'POST', target: '/', headers: [], body: Buffer.from('abc'), secure: true, peer: '10.0.0.1', caller: null });
  expect(await text(message)).toBe('abc');
  expect(message.socket).toMatchObject({ remoteAddress: '10.0.0.1', encrypted: true });
});
