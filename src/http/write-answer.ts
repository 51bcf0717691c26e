import type { ServerResponse } from 'node:http';
import { Problem, problems, type Abortable, type Answer, type AnswerBody, type BodySink, type Exchange, type HeaderList } from '#libs/kernel';
import { isEventStream, sendEventStream } from './event-stream.js';
import { SlowClient } from './slow-client.js';

/** How long a client may go on sending a body that nobody wants, so that it gets to read why. */
const LINGER = 2_000;

/** Bytes up to which a body leaves together with its head. */
const SMALL = 8_192;

/** A reason phrase that may be repeated; one in another script means nothing to HTTP (RFC 9112 4), and node:http throws at some. */
const REASON = /^[\t -~]+$/;

/**
 * Sends an answer: head first, then the body, whole in one write when it is there, else chunk by chunk at the client's
 * pace. A body that breaks half-way takes the connection with it, the only way to tell a client.
 */
export function writeAnswer(exchange: Exchange, answer: Answer, response: ServerResponse): void {
  const { body, headers, status } = answer;
  exchange.status = status;
  if (response.destroyed) {
    body?.cancel(exchange.aborted ?? clientGone());
    return;
  }
  exchange.route?.head.apply(exchange, headers);
  if (exchange.body !== null && response.req.complete === false) linger(response);
  // RFC 9110 8.6.
  if (status === 204) headers.remove('content-length');
  lengthLast(headers);
  // Also where it is empty: what an answer that could not be sent has left here would be sent with its replacement.
  response.statusMessage = REASON.test(answer.statusText) ? answer.statusText : '';
  response.writeHead(status, headers.flat);
  if (body === null || exchange.method === 'HEAD' || status === 204 || status === 304) {
    body?.cancel(clientGone());
    response.end();
    awaitClient(exchange, response);
    return;
  }
  const whole = body.takeWhole();
  if (whole === null) {
    stream(exchange, { body, endless: isEventStream(answer) }, response);
    return;
  }
  exchange.bytesOut = whole.byteLength;
  // As a string of the same bytes a small body leaves in one piece with the head, which is cheaper than two.
  if (whole.byteLength <= SMALL) response.end(body.text ?? whole.toString('latin1'), 'latin1');
  else response.end(whole);
  awaitClient(exchange, response);
}

/** All of the answer was handed over; whether the client takes it is another matter. */
function awaitClient(exchange: Exchange, response: ServerResponse): void {
  if (response.writableLength > 0) new SlowClient(exchange, response).waits();
}

/**
 * node:http reads a `Content-Disposition` that comes behind the length as UTF-8 and writes it as Latin-1: another file
 * name, or an exception. One that comes before it leaves with the bytes the service sent.
 */
function lengthLast(headers: HeaderList): void {
  if (headers.get('content-disposition') === undefined) return;
  const length = headers.get('content-length');
  if (length === undefined) return;
  headers.remove('content-length');
  headers.append('Content-Length', length);
}

function stream(exchange: Exchange, { body, endless }: { body: AnswerBody; endless: boolean }, response: ServerResponse): void {
  const sink = new ResponseSink(exchange, body, response);
  exchange.onAbort(sink);
  if (endless) sendEventStream(sink, body, response);
  else body.attach(sink);
  // An event stream may be silent for long; its client waits for the head.
  if (exchange.bytesOut === 0 && !response.writableEnded) response.flushHeaders();
}

class ResponseSink implements BodySink, Abortable {
  readonly #client: SlowClient;

  constructor(
    private readonly exchange: Exchange,
    private readonly body: AnswerBody,
    private readonly response: ServerResponse,
  ) {
    this.#client = new SlowClient(exchange, response);
    response.on('drain', () => {
      this.#client.took();
      body.resume();
    });
  }

  abort(reason: Error): void {
    this.body.cancel(reason);
    this.response.destroy();
  }

  write(chunk: Uint8Array): boolean {
    this.exchange.bytesOut += chunk.byteLength;
    const taken = this.response.write(chunk);
    if (!taken) this.#client.waits();
    return taken;
  }

  end(trailers: readonly string[] | null): void {
    if (trailers !== null && this.response.hasHeader('trailer') === false) this.response.addTrailers(pairs(trailers));
    this.response.end();
    if (this.response.writableLength > 0) this.#client.waits();
  }

  fail(error: Error): void {
    this.exchange.problem ??= error instanceof Problem ? error : new Problem(problems.badTargetResponse, 'The response broke off', { cause: error });
    this.response.destroy();
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) list.push([flat[i] as string, flat[i + 1] as string]);
  return list;
}

/** Called with an answer to a request whose body is not complete: node:http reads on to keep the connection; not for ever. */
export function linger(response: ServerResponse): void {
  const { req } = response;
  response.once('finish', () => {
    if (req.complete) return;
    const timer = setTimeout(() => req.socket.destroy(), LINGER).unref();
    req.once('close', () => clearTimeout(timer));
  });
}

function clientGone(): Problem {
  return new Problem(problems.clientClosed, 'The client left before the answer was complete');
}
