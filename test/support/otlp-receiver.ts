import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createSecureServer, createServer as createHttp2Server, type Http2SecureServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Identity } from './certificates.js';
import { decodeTraces, type ReceivedSpan } from './otlp-decode.js';

const PATIENCE = 20_000;
const GRPC_HEAD = 5;

/** What a collector is told. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly path: string;
  readonly body: Buffer;
}

/** A collector of spans, for specs: takes what is sent to it, or refuses it. */
export abstract class OtlpReceiver implements AsyncDisposable {
  readonly deliveries: Delivery[] = [];
  readonly spans: ReceivedSpan[] = [];
  /** Status it answers with; 200 takes the spans. */
  status = 200;
  url = '';

  protected take(delivery: Delivery): void {
    this.deliveries.push(delivery);
    if (this.status === 200) this.spans.push(...decodeTraces(delivery.body));
  }

  /** Spans of a kind, once there are as many that fit. */
  async until(count: number, fits: (span: ReceivedSpan) => boolean = () => true): Promise<ReceivedSpan[]> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const found = this.spans.filter(fits);
      if (found.length >= count) return found;
      if (performance.now() > deadline) throw new Error(`There are ${found.length} of ${count} such spans, and these: ${JSON.stringify(this.spans, null, 1)}`);
      await sleep(10);
    }
  }

  /** The spans of a trace, once there are as many. */
  trace(traceId: string, count: number): Promise<ReceivedSpan[]> {
    return this.until(count, (span) => span.traceId === traceId);
  }

  abstract [Symbol.asyncDispose](): Promise<void>;
}

class OverHttp extends OtlpReceiver {
  constructor(private readonly server: Server) {
    super();
    server.on('request', (request, response) => {
      void bytesOf(request).then((sent) => {
        const { headers, url = '' } = request;
        this.take({ headers, path: url, body: headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent });
        response.writeHead(this.status, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.close(() => resolve());
    this.server.closeAllConnections();
    await promise;
  }
}

class OverGrpc extends OtlpReceiver {
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(private readonly server: Http2Server | Http2SecureServer) {
    super();
    server.on('session', (session) => this.#sessions.add(session));
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      void bytesOf(stream).then((sent) => {
        const message = sent.subarray(GRPC_HEAD);
        this.take({ headers: headers as Delivery['headers'], path: String(headers[':path']), body: sent[0] === 1 ? gunzipSync(message) : message });
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        // UNAVAILABLE, or OK.
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': this.status === 200 ? '0' : '14' }));
        stream.end(Buffer.alloc(GRPC_HEAD));
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.close(() => resolve());
    for (const session of this.#sessions) session.destroy();
    await promise;
  }
}

/** One over HTTP; over TLS where it has a certificate. */
export async function otlpReceiver(identity?: Identity): Promise<OtlpReceiver> {
  const server = identity ? createHttpsServer(identity) : createServer();
  const receiver = new OverHttp(server);
  receiver.url = `${identity ? 'https' : 'http'}://localhost:${await listen(server)}/v1/traces`;
  return receiver;
}

/** One that speaks gRPC. */
export async function grpcReceiver(identity?: Identity): Promise<OtlpReceiver> {
  const server = identity ? createSecureServer(identity) : createHttp2Server();
  const receiver = new OverGrpc(server);
  receiver.url = `${identity ? 'https' : 'http'}://localhost:${await listen(server)}`;
  return receiver;
}

function listen(server: Server | Http2Server | Http2SecureServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function bytesOf(source: IncomingMessage | ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
