import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface RawTarget extends AsyncDisposable {
  readonly url: string;
  /** Connections made to it so far. */
  connections(): number;
}

/** A target that writes exactly the bytes it is told, once per request. */
export async function rawTarget(answer: (head: string, socket: Socket) => void): Promise<RawTarget> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket.on('error', () => {}));
    let seen = '';
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      for (let end = seen.indexOf('\r\n\r\n'); end >= 0; end = seen.indexOf('\r\n\r\n')) {
        const head = seen.slice(0, end + 4);
        seen = seen.slice(end + 4);
        answer(head, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections, [Symbol.asyncDispose]: close };
}
