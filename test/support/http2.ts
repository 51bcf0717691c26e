import { once } from 'node:events';
import {
  createSecureServer, createServer,
  type Http2SecureServer, type Http2Server, type IncomingHttpHeaders, type SecureServerOptions, type ServerHttp2Session, type ServerHttp2Stream, type ServerOptions,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: ServerHttp2Session) => void;

export interface Http2Service extends AsyncDisposable {
  readonly url: string;
  readonly server: Http2Server | Http2SecureServer;
  /** Connections so far, oldest first. */
  readonly sessions: readonly ServerHttp2Session[];
}

/** A service that speaks HTTP/2 and does with every stream what the test says: over TLS, or by prior knowledge. */
export async function http2Service(onStream: OnStream, options: { tls?: SecureServerOptions; plain?: ServerOptions } = {}): Promise<Http2Service> {
  const sessions: ServerHttp2Session[] = [];
  const server = options.tls ? createSecureServer(options.tls) : createServer(options.plain ?? {});
  server.on('session', (session) => { sessions.push(session.on('error', () => {})); });
  server.on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => { stream.on('error', () => {}); onStream(stream, headers, stream.session as ServerHttp2Session); });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const session of sessions) session.destroy();
    server.close();
    if (server.listening) await once(server, 'close');
  };
  const scheme = options.tls ? 'https' : 'http';
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sessions, [Symbol.asyncDispose]: close };
}

/** All of a stream's body. */
export async function bodyOf(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
