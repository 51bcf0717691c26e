import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Problem, problems, type Exchange } from '#libs/kernel';

/** Whether a request has a body (RFC 9112 6.3). */
export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request;
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0');
}

/** Whether the client holds its body back until it is told to send it. HTTP/1.0 knows no such thing. */
function waits({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.expect !== undefined && httpVersion !== '1.0' && /(?:^|[\s,])100-continue(?:$|[\s,;])/i.test(headers.expect);
}

/** Gets to see a body as it passes; what it throws would break the body. */
export interface BodyTap {
  chunk(bytes: Buffer): void;
  /** Called once: the whole body has passed, or the rest never will. */
  end(complete: boolean): void;
}

/**
 * The request's body as a stream of its own: whoever destroys it (undici does, when a target answers early or breaks)
 * leaves the client's connection standing, so that an answer can still be sent. Counts, and enforces the limit.
 */
export class RequestBody extends Readable {
  /** Bytes allowed; set once the route is known. */
  limit = Number.POSITIVE_INFINITY;
  tap: BodyTap | null = null;
  /** All of it is here, read or not. */
  whole = false;
  #flowing = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly exchange: Exchange,
  ) {
    super();
    // A body nobody reads any more may still break; that is no fault of ours.
    this.on('error', ignore);
  }

  override _read(): void {
    const { request } = this;
    if (this.#flowing) {
      request.resume();
      return;
    }
    this.#flowing = true;
    // RFC 9110 10.1.1: only now does anybody want the body, so only now is the client told to send it.
    if (waits(request)) this.response.writeContinue();
    request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose).on('error', this.#onClose);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { request } = this;
    request.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose).off('error', this.#onClose);
    request.on('error', ignore);
    request.pause();
    this.#tapped(false);
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.exchange.bytesIn += chunk.length;
    if (this.exchange.bytesIn > this.limit) {
      this.destroy(new Problem(problems.bodyTooLarge, `The body is over the limit of ${this.limit} bytes`));
      return;
    }
    this.tap?.chunk(chunk);
    if (!this.push(chunk)) this.request.pause();
  };

  readonly #onEnd = (): void => {
    this.whole = true;
    this.push(null);
    this.#tapped(true);
  };

  #tapped(complete: boolean): void {
    const { tap } = this;
    this.tap = null;
    tap?.end(complete);
  }

  readonly #onClose = (): void => {
    if (!this.request.complete) this.destroy(new Problem(problems.clientClosed, 'The client left before its body was complete'));
  };
}

function ignore(): void {}
