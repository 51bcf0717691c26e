import type { IncomingHttpHeaders } from 'node:http';
import { constants, type ClientHttp2Stream } from 'node:http2';
import { addAbortSignal, Readable } from 'node:stream';
import { Problem, problems } from '#libs/kernel';
import { errors, type Dispatcher } from '../undici.js';
import type { Http2Connection } from './connection.js';
import { requestFields } from './fields.js';
import { Unprocessed } from './unprocessed.js';

/** Makes Node break a stream off with RST_STREAM(CANCEL). Its own `close()` would first say that the body is complete. */
const CANCEL = AbortSignal.abort();

/** One request over HTTP/2, on one stream after the other if the first was turned away. */
export class StreamRequest implements Dispatcher.DispatchController {
  aborted = false;
  paused = false;
  reason: Error | null = null;
  #stream: ClientHttp2Stream | null = null;
  #connection: Http2Connection | null = null;
  #answered = false;
  #complete = false;
  /** Bytes of the body that its announced length still lacks; below 0 where none was announced. */
  #missing = 0;
  #trailers: IncomingHttpHeaders = {};
  #sent = false;
  #tries = 0;

  constructor(
    private readonly origin: URL,
    private readonly options: Dispatcher.DispatchOptions,
    private readonly handler: Dispatcher.DispatchHandler,
    /** Puts it back into the line. */
    private readonly again: (request: StreamRequest) => void,
  ) {}

  /** Sends it. Whatever goes wrong, the handler hears of it. */
  start(connection: Http2Connection): void {
    this.#tries++;
    this.#tell(() => this.handler.onRequestStart?.(this, null));
    if (this.aborted) return;
    const { body } = this;
    try {
      this.#stream = connection.open(this.#fields(), body === null);
    } catch (error) {
      this.fail(new errors.InvalidArgumentError((error as Error).message));
      return;
    }
    this.#connection = connection;
    this.#listen(this.#stream);
    this.#send(this.#stream, body);
  }

  /** Lets another dispatcher send it. */
  moveTo(dispatcher: Dispatcher): void {
    if (!this.aborted) dispatcher.dispatch(this.options, this.handler);
  }

  abort(reason: Error): void {
    if (this.aborted || this.#complete) return;
    const unanswered = !this.#answered && this.#stream !== null;
    this.fail(reason);
    if (unanswered && !(reason instanceof Problem && reason.type === problems.clientClosed)) this.#connection?.suspect();
  }

  pause(): void {
    this.paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.#stream?.resume();
  }

  /** It is over without a complete answer. */
  fail(error: Error): void {
    if (this.aborted || this.#complete) return;
    this.aborted = true;
    this.reason = error;
    this.#drop();
    this.handler.onResponseError?.(this, error);
  }

  /** Whether the handler has given it up before it began; it has no other way to say so. */
  get isOver(): boolean {
    return (this.handler as { readonly isOver?: boolean }).isOver === true;
  }

  get body(): Readable | Buffer | null {
    const { body } = this.options;
    return body instanceof Readable || (Buffer.isBuffer(body) && body.length > 0) ? body : null;
  }

  #fields(): string[] {
    const { body, headers = [], method, path } = this.options;
    if (!Array.isArray(headers)) throw new TypeError('expected fields as a flat list');
    if (body !== undefined && body !== null && !(body instanceof Readable || Buffer.isBuffer(body))) throw new TypeError('expected a body that is a stream or a Buffer');
    const { host, protocol } = this.origin;
    const length = Buffer.isBuffer(this.body) ? this.body.length : null;
    return requestFields({ method, path, scheme: protocol.slice(0, -1), authority: host, length }, headers);
  }

  #listen(stream: ClientHttp2Stream): void {
    stream
      .on('headers', (fields: IncomingHttpHeaders & { ':status'?: number }) => this.#inform(fields))
      .on('response', (fields: IncomingHttpHeaders & { ':status'?: number }) => this.#answer(stream, fields))
      .on('trailers', (fields: IncomingHttpHeaders) => { this.#trailers = fields; })
      .on('end', () => this.#end(stream))
      .on('error', (error) => this.#broken(stream, error))
      .on('close', () => this.#broken(stream, new Error(`The service closed the stream with code ${stream.rstCode}`)));
  }

  #inform({ ':status': status = 0, ...fields }: IncomingHttpHeaders & { ':status'?: number }): void {
    if (this.aborted || status === 100) return;
    this.#tell(() => this.handler.onResponseStart?.(this, status, fields, ''));
  }

  #answer(stream: ClientHttp2Stream, { ':status': status = 0, ...fields }: IncomingHttpHeaders & { ':status'?: number }): void {
    if (this.aborted || this.#stream !== stream) return;
    this.#answered = true;
    const length = fields['content-length'];
    if (length !== undefined && this.options.method !== 'HEAD' && status !== 304) this.#missing = Number(length);
    this.#tell(() => this.handler.onResponseStart?.(this, status, fields, ''));
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  #take(chunk: Buffer): void {
    if (this.aborted) return;
    this.#missing -= chunk.length;
    this.#tell(() => this.handler.onResponseData?.(this, chunk));
  }

  /** As with undici: a handler that throws ends its own request and nothing else. */
  #tell(deliver: () => void): void {
    try {
      deliver();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /**
   * Node ends a stream like this also when the service broke it off. With an error code that is known by it; without one
   * only by bytes that are missing, for Node's own servers end complete answers that way.
   */
  #end(stream: ClientHttp2Stream): void {
    if (this.aborted || this.#stream !== stream || !this.#answered || stream.rstCode !== constants.NGHTTP2_NO_ERROR || this.#missing > 0) return;
    this.#complete = true;
    this.#drop();
    this.handler.onResponseEnd?.(this, this.#trailers);
  }

  #broken(stream: ClientHttp2Stream, error: Error): void {
    if (this.aborted || this.#complete || this.#stream !== stream) return;
    const untouched = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || this.#connection?.disowns(stream) === true;
    if (this.#answered || !untouched) {
      this.fail(error);
    } else if (this.#tries === 1 && !(this.body instanceof Readable)) {
      // RFC 9113 8.7: once more, on another connection if this one is closing.
      this.#stream = null;
      this.again(this);
    } else {
      this.fail(new Unprocessed(error.message, { cause: error }));
    }
  }

  #send(stream: ClientHttp2Stream, body: Readable | Buffer | null): void {
    const sent = (): void => {
      this.#sent = true;
      if (!this.aborted) this.handler.onRequestSent?.();
    };
    if (body === null) sent();
    else if (Buffer.isBuffer(body)) stream.end(body, sent);
    else this.#pump(stream, body, sent);
  }

  #pump(stream: ClientHttp2Stream, body: Readable, sent: () => void): void {
    // It would say nothing any more, not even that it ended.
    if (body.destroyed) return this.fail(new Error('The request ended before its body began'));
    stream.on('drain', () => body.resume());
    body
      .on('data', (chunk: Buffer) => { if (this.#stream === stream && !stream.write(chunk)) body.pause(); })
      .on('end', () => { if (this.#stream === stream) stream.end(sent); })
      .on('error', (error) => this.fail(error))
      .on('close', () => { if (!body.readableEnded) this.fail(new Error('The request ended before its body was complete')); });
  }

  /** Lets go of the stream, and of a body that nobody needs any more. */
  #drop(): void {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null) return;
    if (!this.#complete || !this.#sent) addAbortSignal(CANCEL, stream);
    if (!this.#sent && this.body instanceof Readable) this.body.destroy();
  }
}
