import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket, WebSocketServer, type ClientOptions, type ServerOptions } from 'ws';
import { echoService, type EchoService } from '#libs/testing';

export interface SocketService extends EchoService {
  readonly sockets: WebSocketServer;
  /** The next WebSocket that is opened, and the request it came with. */
  next(): Promise<{ socket: WebSocket; request: IncomingMessage }>;
}

/** A service that echoes every WebSocket message; ordinary requests get the echo service's answer. */
export async function socketService(options: ServerOptions = {}): Promise<SocketService> {
  const echo = await echoService();
  const sockets = new WebSocketServer({ ...options, server: echo.server });
  sockets.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data, binary) => { if (socket.readyState === WebSocket.OPEN) socket.send(data, { binary }); });
  });
  const close = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate();
    await echo.close();
  };
  return {
    ...echo, sockets, close, [Symbol.asyncDispose]: close,
    async next() {
      const [socket, request] = (await once(sockets, 'connection')) as [WebSocket, IncomingMessage];
      return { socket, request };
    },
  };
}

/** Opens a WebSocket; rejects when it is refused. */
export async function open(url: string, options: ClientOptions & { protocols?: string[] } = {}): Promise<WebSocket> {
  const { protocols = [], ...rest } = options;
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { perMessageDeflate: false, ...rest });
  await once(socket, 'open');
  socket.on('error', () => {});
  return socket;
}

/** An upgrade that is refused: the ordinary answer it gets. */
export function refused(url: string, options: ClientOptions = {}): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
    socket.on('open', () => reject(new Error('The upgrade was not refused')));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => { text += part; });
      answer.on('end', () => resolve({ status: answer.statusCode as number, headers: answer.headers, text }));
    });
  });
}

export async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

/** A WebSocket spoken by hand: a handshake, then whatever bytes a test wants. It never closes by itself. */
export class RawSocket {
  #bytes: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => { this.#bytes = Buffer.concat([this.#bytes, chunk]); this.#wake(); });
    socket.on('error', () => {}).on('close', () => { this.closed = true; this.#wake(); });
  }

  static open(port: number, fields = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'): RawSocket {
    return RawSocket.send(port, `GET /ws HTTP/1.1\r\nHost: a\r\n${fields}Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n`);
  }

  static send(port: number, bytes: string): RawSocket {
    const raw = new RawSocket(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
    raw.socket.write(bytes);
    return raw;
  }

  /** Bytes of the response header, once it is complete. */
  async head(): Promise<string> {
    await this.#until(() => this.#bytes.includes('\r\n\r\n'));
    const end = this.#bytes.indexOf('\r\n\r\n') + 4;
    return this.#take(end).toString('latin1');
  }

  /** The next unmasked frame with a short payload; `null` when the connection closes first. */
  async frame(): Promise<{ opcode: number; payload: Buffer } | null> {
    await this.#until(() => this.#bytes.length >= 2 && this.#bytes.length >= 2 + (this.#bytes[1] as number));
    if (this.#bytes.length < 2) return null;
    const [first, length] = this.#take(2);
    return { opcode: (first as number) & 15, payload: this.#take(length as number) };
  }

  /** Resolves once the gateway, too, is done with the connection. */
  async end(): Promise<void> {
    await this.#until(() => this.closed);
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  async #until(ready: () => boolean): Promise<void> {
    while (!ready() && !this.closed) await new Promise<void>((resolve) => { this.#wake = resolve; });
  }
}

/** A client's frame with a zero mask, which leaves the payload legible. */
export function frame(first: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  return Buffer.concat([Buffer.of(first, 0x80 | body.length, 0, 0, 0, 0), body]);
}
