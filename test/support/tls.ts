import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectHttp2, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders, type OutgoingHttpHeaders, type SecureClientSessionOptions } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Seen } from '#libs/testing';
import type { Identity } from './certificates.js';

/** Files in a folder of their own. */
export class Files implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async create(contents: Readonly<Record<string, string>> = {}): Promise<Files> {
    const files = new Files(await mkdtemp(join(tmpdir(), 'passerelle-pem-')));
    await files.write(contents);
    return files;
  }

  async write(contents: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(contents)) await writeFile(join(this.folder, name), text);
  }

  /** A certificate and its key as `name.pem` and `name.key`. */
  pair(name: string, { cert, key }: Identity): Promise<void> {
    return this.write({ [`${name}.pem`]: cert, [`${name}.key`]: key });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** A TLS connection after its handshake. */
export async function tlsConnection(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...options });
  await once(socket, 'secureConnect');
  return socket.on('error', () => {});
}

/** The common name of the certificate that is shown for a name. */
export async function shown(port: number, servername: string, ca: string): Promise<string> {
  const socket = await tlsConnection(port, { ca, servername, checkServerIdentity: () => undefined });
  const { subject } = socket.getPeerCertificate() as PeerCertificate;
  socket.destroy();
  return String(subject.CN);
}

export interface H2Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly trailers: IncomingHttpHeaders | null;
  readonly json: <T = Record<string, unknown>>() => T;
  /** What the echo service saw. */
  readonly seen: Seen;
}

/** A connection over HTTP/2. */
export class H2 implements AsyncDisposable {
  readonly goaways: number[] = [];
  private constructor(readonly session: ClientHttp2Session) {
    session.on('error', () => {}).on('goaway', (code: number) => this.goaways.push(code));
  }

  static async open(url: string, options: SecureClientSessionOptions): Promise<H2> {
    const client = new H2(connectHttp2(url, { servername: 'localhost', ...options }));
    await once(client.session, 'connect');
    return client;
  }

  stream(head: OutgoingHttpHeaders, options: { endStream?: boolean } = {}): ClientHttp2Stream {
    return this.session.request({ ':authority': 'localhost', ...head }, options).on('error', () => {});
  }

  async ask(head: OutgoingHttpHeaders | string, body?: string | Buffer): Promise<H2Reply> {
    const stream = this.stream(typeof head === 'string' ? { ':path': head } : head, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    return await answerOf(stream);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.session.destroyed) return;
    this.session.destroy();
    await once(this.session, 'close');
  }
}

/** @throws Error by rejection when the stream is reset before its answer is complete. */
export function answerOf(stream: ClientHttp2Stream): Promise<H2Reply> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders | null = null;
    let text = '';
    let ended = false;
    stream.on('response', (head) => { headers = head; }).on('trailers', (fields) => { trailers = fields; });
    stream.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => { ended = true; });
    stream.on('close', () => {
      const { rstCode } = stream;
      if (!ended || rstCode !== 0 || headers[':status'] === undefined) return reject(new Error(`reset with ${rstCode} after ${text.length} bytes`));
      const json = <T>(): T => JSON.parse(text) as T;
      return resolve(Object.defineProperty({ status: Number(headers[':status']), headers, text, trailers, json } as H2Reply, 'seen', { get: json }));
    });
  });
}
