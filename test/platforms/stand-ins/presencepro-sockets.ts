import { WebSocketServer } from 'ws';
import { userOf } from './presencepro-auth.js';
import type { StandIn } from './service.js';

/**
 * Opens WebSockets of a service at a path. Who they are says the token in the query, which the service verifies itself;
 * every frame goes to all of them.
 * @returns what ends them.
 */
export function socketsOf({ server }: StandIn, path: string): () => void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://service');
    const needsToken = path === '/ws';
    void (needsToken ? userOf(searchParams.get('token') ?? '') : Promise.resolve(request.headers['x-user-id'] as string | undefined)).then((user) => {
      if (pathname !== path || !user) return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => {});
        client.on('message', (data: Buffer) => {
          const frame = JSON.parse(data.toString()) as object;
          for (const each of sockets.clients) each.send(JSON.stringify({ from: user, ...frame }));
        });
      });
    });
  });
  return () => { for (const client of sockets.clients) client.terminate(); };
}
