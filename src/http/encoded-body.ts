import { AnswerBody, type BodyControl, type BodySink } from '#libs/kernel';
import { codings, type Coding, type Encoder } from './content-coding.js';

/** Longest a written byte waits for company, in milliseconds; a line of NDJSON must not wait for the next one. */
const PATIENCE = 5;

/**
 * A body that is encoded while it passes. The encoder's own buffers carry the back-pressure: a slow client pauses its
 * reading side, a full encoder pauses the source.
 */
export function encodeBody(source: AnswerBody, coding: Coding): AnswerBody {
  const encoder = new BodyEncoder(source, coding);
  source.attach(encoder);
  return encoder.body;
}

class BodyEncoder implements BodySink, BodyControl {
  readonly body = new AnswerBody(this);
  readonly #encoder: Encoder;
  readonly #flushKind: number;
  #timer: NodeJS.Timeout | null = null;
  #trailers: readonly string[] | null = null;
  #over = false;

  constructor(
    private readonly source: AnswerBody,
    coding: Coding,
  ) {
    this.#encoder = codings[coding].stream();
    this.#flushKind = codings[coding].flush;
    this.#encoder.on('data', (chunk: Buffer) => {
      if (!this.#over && !this.body.push(chunk)) this.#encoder.pause();
    });
    this.#encoder.on('drain', () => this.source.resume());
    this.#encoder.on('end', () => this.#finish(() => this.body.end(this.#trailers)));
    this.#encoder.on('error', (error) => this.#finish(() => {
      this.source.cancel(error);
      this.body.fail(error);
    }));
  }

  // From the source.

  write(chunk: Uint8Array): boolean {
    if (this.#over) return false;
    this.#timer ??= setTimeout(this.#flush, PATIENCE);
    return this.#encoder.write(chunk);
  }

  end(trailers: readonly string[] | null): void {
    this.#trailers = trailers;
    this.#stopTimer();
    this.#encoder.end();
  }

  fail(error: Error): void {
    this.#finish(() => this.body.fail(error));
  }

  // From the client.

  pause(): void {
    this.#encoder.pause();
  }

  resume(): void {
    if (!this.#over) this.#encoder.resume();
  }

  cancel(reason: Error): void {
    this.#finish(() => this.source.cancel(reason));
  }

  readonly #flush = (): void => {
    this.#timer = null;
    // A full encoder pushes bytes out without being asked.
    if (!this.#over && !this.#encoder.writableNeedDrain) this.#encoder.flush(this.#flushKind);
  };

  /** Ends the encoder once, whoever wants it first, and tells the other side. */
  #finish(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopTimer();
    this.#encoder.destroy();
    tell();
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
