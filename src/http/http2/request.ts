import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Http2Connection } from './connection.js';
import { StreamEvents } from './stream-events.js';

/** What a request says of itself, in the words of HTTP/1. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Flat list of names and values, without the pseudo-header fields. */
  readonly rawHeaders: readonly string[];
}

/** A request over HTTP/2, as far as the gateway asks node:http's requests for something. */
export class Http2Request extends StreamEvents {
  readonly httpVersion = '2.0';
  readonly httpVersionMajor = 2;
  readonly httpVersionMinor = 0;
  /** Fastify's router is pointed elsewhere with these. */
  method: string;
  url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** All of it has been read. */
  complete: boolean;

  constructor(stream: ServerHttp2Stream, readonly socket: Http2Connection, head: RequestHead) {
    super(stream);
    this.method = head.method;
    this.url = head.url;
    this.headers = head.headers;
    this.rawHeaders = head.rawHeaders;
    this.complete = stream.endAfterHeaders;
    if (!this.complete) this.once('end', () => { this.complete = true; });
  }

  get destroyed(): boolean {
    return this.stream.destroyed;
  }

  resume(): this {
    this.stream.resume();
    return this;
  }

  pause(): this {
    this.stream.pause();
    return this;
  }
}
