import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Http2Request } from './request.js';
import { flatFields, responseFields, trailerFields } from './response-fields.js';
import { StreamEvents } from './stream-events.js';

type Chunk = string | Uint8Array | null | undefined;
type Fields = readonly string[] | OutgoingHttpHeaders;

/** Statuses that have no body (RFC 9110 6.4.1). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * An answer over HTTP/2, as far as the gateway and Fastify ask node:http's responses for something. Its head leaves with
 * the first byte of the body, or when it is flushed.
 */
export class Http2Response extends StreamEvents {
  statusCode = 200;
  /** HTTP/2 has none; what is written here goes nowhere. */
  statusMessage = '';
  /** HTTP/2 says it for the connection, with GOAWAY; what is written here goes nowhere. */
  shouldKeepAlive = true;
  writableEnded = false;
  #head: string[] | null = null;
  #set: OutgoingHttpHeaders | null = null;
  readonly #toHead: boolean;
  #trailers: Record<string, string | string[]> = {};

  constructor(stream: ServerHttp2Stream, readonly req: Http2Request) {
    super(stream);
    this.#toHead = req.method === 'HEAD';
  }

  get socket() {
    return this.req.socket;
  }

  get headersSent(): boolean {
    return this.#head !== null;
  }

  /** Nobody is there any more to write to. */
  get destroyed(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }

  get finished(): boolean {
    return this.writableEnded;
  }

  /** All of it was handed over. The writable side of a HEAD is closed from the beginning. */
  get writableFinished(): boolean {
    return this.writableEnded && this.stream.writableFinished && !this.stream.aborted;
  }

  /** An answer without a body waits for its client, too. */
  get writableLength(): number {
    return this.stream.writableLength + (this.writableEnded && !this.destroyed ? 1 : 0);
  }

  get writableNeedDrain(): boolean {
    return this.stream.writableNeedDrain;
  }

  setHeader(name: string, value: OutgoingHttpHeader | readonly string[]): this {
    (this.#set ??= {})[name.toLowerCase()] = value as string;
    return this;
  }

  getHeader(name: string): OutgoingHttpHeader | undefined {
    return this.#set?.[name.toLowerCase()];
  }

  hasHeader(name: string): boolean {
    return this.getHeader(name) !== undefined;
  }

  removeHeader(name: string): void {
    if (this.#set) delete this.#set[name.toLowerCase()];
  }

  getHeaders(): OutgoingHttpHeaders {
    return { ...this.#set };
  }

  /** @throws TypeError for a field that cannot be sent; then nothing is, and another head may be written. */
  writeHead(status: number, fields: Fields = {}): this {
    const given = Array.isArray(fields) ? fields as string[] : flatFields(fields as OutgoingHttpHeaders);
    this.#head = responseFields(status, this.#set === null ? given : [...flatFields(this.#set), ...given]);
    this.statusCode = status;
    return this;
  }

  flushHeaders(): void {
    this.#begin(false);
  }

  write(chunk: string | Uint8Array, encoding?: BufferEncoding): boolean {
    if (this.destroyed) return false;
    this.#begin(false);
    return this.#bodiless ? true : this.stream.write(chunk, encoding ?? 'utf8');
  }

  end(chunk?: Chunk, encoding?: BufferEncoding | null): this {
    if (this.writableEnded) return this;
    this.writableEnded = true;
    const { stream } = this;
    if (!this.req.complete) stream.once('finish', () => dropRequest(stream));
    if (this.destroyed) return this;
    const empty = chunk === undefined || chunk === null || chunk.length === 0 || this.#bodiless;
    if (!stream.headersSent) this.#begin(empty);
    if (empty) stream.end();
    else stream.end(chunk, encoding ?? 'utf8');
    return this;
  }

  /** Breaks the answer off so that the client cannot take it for complete. */
  destroy(): this {
    this.stream.removeAllListeners('aborted');
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    this.req.socket.expectClose(this.stream);
    return this;
  }

  addTrailers(pairs: readonly (readonly [string, string])[]): void {
    this.#trailers = trailerFields(pairs);
  }

  writeContinue(): void {
    this.#inform({ ':status': 100 });
  }

  writeProcessing(): void {
    this.#inform({ ':status': 102 });
  }

  writeEarlyHints({ link }: { readonly link: readonly string[] }): void {
    this.#inform({ ':status': 103, link: [...link] });
  }

  get #bodiless(): boolean {
    return BODILESS.has(this.statusCode) || this.#toHead;
  }

  #inform(head: OutgoingHttpHeaders): void {
    if (!this.headersSent && !this.destroyed) this.stream.additionalHeaders(head);
  }

  /** @param all nothing follows. */
  #begin(all: boolean): void {
    const { stream } = this;
    if (this.#head === null) this.writeHead(this.statusCode);
    if (stream.headersSent || this.destroyed) return;
    // Node ends what it resets. An end that waits for trailers is none, so what is broken off never looks complete.
    if (!all) stream.once('wantTrailers', () => this.#sendTrailers());
    stream.respond(this.#head as unknown as OutgoingHttpHeaders, { endStream: all, waitForTrailers: !all });
  }

  #sendTrailers(): void {
    try {
      this.stream.sendTrailers(this.#trailers);
    } catch {
      this.destroy();
    }
  }
}

/** RFC 9113 8.1: the answer is complete, and nobody reads the rest of the request; the client may stop sending it. */
function dropRequest(stream: ServerHttp2Stream): void {
  stream.close(constants.NGHTTP2_NO_ERROR);
  // What is here of it already would keep the stream open.
  stream.resume();
}
