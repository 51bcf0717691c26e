import { AnswerBody, Problem, problems, type BodySink, type Exchange } from '#libs/kernel';

/** A body read whole, or one that is larger than allowed and starts again from its first byte. */
export type Collected =
  | { readonly bytes: Uint8Array; readonly trailers: readonly string[] | null }
  | { readonly bytes: null; readonly body: AnswerBody };

/**
 * Reads the request's body whole and leaves it in `exchange.outgoing.body`, for the next reader and for retries.
 * @param max Bytes allowed.
 * @returns `null` when the request has no body.
 * @throws Problem body-too-large, or what broke the body.
 */
export async function readBody(exchange: Exchange, max: number): Promise<Buffer | null> {
  const { outgoing } = exchange;
  if (!outgoing || outgoing.body === null) return null;
  if (!Buffer.isBuffer(outgoing.body)) {
    if (Number(exchange.headers['content-length'] ?? 0) > max) throw tooLarge(max);
    const chunks: Buffer[] = [];
    let size = 0;
    // An abort ends the waiting: the stream breaks when the client leaves, but not when time is over.
    const stream = outgoing.body;
    exchange.onAbort({ abort: (reason) => { if (!stream.readableEnded) stream.destroy(reason); } });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > max) throw tooLarge(max);
      chunks.push(chunk);
    }
    outgoing.body = Buffer.concat(chunks, size);
  }
  if (outgoing.body.length > max) throw tooLarge(max);
  return outgoing.body;
}

/**
 * Reads an answer's body whole. Over `max` bytes nothing is lost: the body that comes back replays what was read, then
 * goes on at the client's pace.
 * @throws Problem bad-target-response by rejection when the body breaks, or the reason the exchange was aborted with.
 */
export function collect(body: AnswerBody, max: number, exchange: Exchange): Promise<Collected> {
  const whole = body.takeWhole();
  if (whole) return Promise.resolve(whole.byteLength <= max ? { bytes: whole, trailers: null } : { bytes: null, body: AnswerBody.of(whole) });
  return new Promise((resolve, reject) => {
    const collector = new Collector(body, max, { resolve, reject });
    exchange.onAbort(collector);
    body.attach(collector);
  });
}

interface Settle {
  resolve(collected: Collected): void;
  reject(reason: Error): void;
}

class Collector implements BodySink {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #replay: AnswerBody | null = null;
  #settled = false;

  constructor(
    private readonly source: AnswerBody,
    private readonly max: number,
    private readonly settle: Settle,
  ) {}

  write(chunk: Uint8Array): boolean {
    if (this.#replay) return this.#replay.push(chunk);
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    return this.#size <= this.max || this.#overflow();
  }

  end(trailers: readonly string[] | null): void {
    if (this.#replay) return this.#replay.end(trailers);
    this.#settled = true;
    this.settle.resolve({ bytes: Buffer.concat(this.#chunks, this.#size), trailers });
  }

  fail(error: Error): void {
    if (this.#replay) return this.#replay.fail(error);
    this.#settled = true;
    this.settle.reject(error instanceof Problem ? error : new Problem(problems.badTargetResponse, 'The body broke before it was complete', { cause: error }));
  }

  abort(reason: Error): void {
    if (this.#settled) return;
    this.#settled = true;
    this.source.cancel(reason);
    this.settle.reject(reason);
  }

  #overflow(): boolean {
    const { source } = this;
    // No need to hand on `pause`: `write` says so with the next chunk.
    const replay = new AnswerBody({ pause() {}, resume: () => source.resume(), cancel: (reason) => source.cancel(reason) });
    this.#replay = replay;
    this.#settled = true;
    let flowing = true;
    for (const chunk of this.#chunks) flowing = replay.push(chunk);
    this.settle.resolve({ bytes: null, body: replay });
    return flowing;
  }
}

function tooLarge(max: number): Problem {
  return new Problem(problems.bodyTooLarge, `This route looks into the body, and it is over ${max} bytes`);
}
