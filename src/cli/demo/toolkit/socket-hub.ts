import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { Refusal } from './call.js';
import { parseTarget } from './serve.js';

export interface SocketCall {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** PresencePro's frames, both ways. */
export interface Frame {
  readonly type: string;
  readonly data: unknown;
}

interface HubOptions<Member> {
  /** Once per upgrade; throws a `Refusal` to answer with its status instead of 101. */
  accept(call: SocketCall): Promise<Member>;
  /** Once per frame a member sends, already parsed. Returns what that member alone hears back. */
  receive(member: Member, frame: unknown): Frame | undefined;
}

const maxBacklogBytes = 1024 * 1024;

/** The WebSocket half of a service: who is connected, and who hears what. */
export class SocketHub<Member> {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  readonly #members = new Map<WebSocket, Member>();
  readonly #options: HubOptions<Member>;
  #closed = false;

  constructor(options: HubOptions<Member>) {
    this.#options = options;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#admit(request, socket, head).catch((error: unknown) => refuse(socket, error));
  }

  publish(frame: Frame, wanted: (member: Member) => boolean): void {
    const text = JSON.stringify(frame);
    for (const [client, member] of this.#members) {
      if (wanted(member)) deliver(client, text);
    }
  }

  close(): void {
    this.#closed = true;
    for (const client of this.#members.keys()) client.terminate();
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const member = await this.#options.accept({ request, ...parseTarget(request) });
    if (this.#closed) return void socket.destroy();
    this.#server.handleUpgrade(request, socket, head, (client) => this.#join(client, member));
  }

  #join(client: WebSocket, member: Member): void {
    this.#members.set(client, member);
    client.on('error', () => client.terminate());
    client.on('close', () => this.#members.delete(client));
    client.on('message', (data) => {
      const answer = this.#options.receive(member, json(data));
      if (answer) deliver(client, JSON.stringify(answer));
    });
  }
}

/** A member that stopped reading is let go: it must not make us hold the conversation in memory for it. */
function deliver(client: WebSocket, text: string): void {
  if (client.bufferedAmount > maxBacklogBytes) client.terminate();
  else client.send(text);
}

function json(data: RawData): unknown {
  try {
    return Buffer.isBuffer(data) ? JSON.parse(data.toString()) : undefined;
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, error: unknown): void {
  if (!(error instanceof Refusal)) process.emitWarning(error instanceof Error ? error : String(error));
  const { status, detail } = error instanceof Refusal ? error : new Refusal(500, 'Erreur interne du serveur');
  const body = JSON.stringify({ detail });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\n`;
  const text = `${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
  // Destroyed, not only ended: a client that keeps its half open would hold up close() for ever.
  socket.end(text, () => socket.destroy());
}
