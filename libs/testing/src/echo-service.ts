import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the echo service saw of one request, and answers as JSON. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface EchoService extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  /** Requests so far, oldest first; also those whose client left half-way. */
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** Starts a service on a free port of the loopback interface that answers 200 with what it saw, or as `listener` says. */
export async function echoService(listener: RequestListener = echo): Promise<EchoService> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, requests, close, [Symbol.asyncDispose]: close };
}

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const seen: Seen = {
      method: request.method as string,
      url: request.url as string,
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(chunks).toString(),
    };
    const text = JSON.stringify(seen);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
  });
};
