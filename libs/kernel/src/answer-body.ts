/** Where the bytes of an answer go. */
export interface BodySink {
  /** Called once per chunk; `false` asks the source to pause until `resume()` is called on the body. */
  write(chunk: Uint8Array): boolean;
  /** Called once, after the last chunk. */
  end(trailers: readonly string[] | null): void;
  /** Called once instead of `end` when the source breaks; what was written is all there will be. */
  fail(error: Error): void;
}

/** What the producer of a body is told. */
export interface BodyControl {
  /** The consumer is behind; nothing should come until `resume`. */
  pause(): void;
  /** The consumer is there and wants more: called when it attaches to a body that goes on, and after each pause. */
  resume(): void;
  /** The consumer wants no more: stop producing and free what is held. */
  cancel(reason: Error): void;
}

/** Bytes that may wait for a sink before the producer is asked to pause. */
const WAITING_ROOM = 65_536;

/**
 * The body of an answer: a push source far lighter than a Node stream. Chunks that arrive before a sink is attached
 * wait here, so a small body that was complete by then leaves in one write.
 */
export class AnswerBody {
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #sink: BodySink | null = null;
  #ended = false;
  #error: Error | null = null;
  #trailers: readonly string[] | null = null;
  #over: (() => void) | null = null;
  #text: string | null = null;

  constructor(private readonly control: BodyControl | null = null) {}

  /**
   * A body that is known whole.
   * @param text the same bytes, one character each, where somebody keeps them ready.
   */
  static of(content: Uint8Array | string, text: string | null = null): AnswerBody {
    const body = new AnswerBody();
    body.#text = text;
    body.#chunks = [typeof content === 'string' ? Buffer.from(content) : content];
    body.#ended = true;
    return body;
  }

  /** The whole body, one character a byte; `null` where nobody has it ready. */
  get text(): string | null {
    return this.#text;
  }

  /** Producer: one more chunk. `false` means pause; `control.resume()` follows. */
  push(chunk: Uint8Array): boolean {
    if (this.#sink) return this.#sink.write(chunk);
    this.#chunks.push(chunk);
    this.#waiting += chunk.byteLength;
    return this.#waiting < WAITING_ROOM;
  }

  /** Producer: no more chunks. `trailers` is a flat list of names and values. */
  end(trailers: readonly string[] | null = null): void {
    this.#ended = true;
    this.#trailers = trailers;
    this.#tellOver();
    this.#sink?.end(trailers);
  }

  /** Producer: the source broke. */
  fail(error: Error): void {
    this.#error = error;
    this.#tellOver();
    this.#sink?.fail(error);
  }

  /** Calls `done` once when the source has nothing more to say: it ended, broke or was cancelled; at once if it already has. For one listener. */
  whenOver(done: () => void): void {
    if (this.#ended || this.#error) done();
    else this.#over = done;
  }

  /** Consumer: the whole body, if it already arrived; takes it out. `null` when bytes are still to come or trailers follow. */
  takeWhole(): Buffer | null {
    if (!this.#ended || this.#trailers !== null || this.#error !== null) return null;
    const [only] = this.#chunks;
    const whole = this.#chunks.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(this.#chunks);
    this.#chunks = [];
    return whole;
  }

  /** Consumer: receive all that waits here, then all that follows. Called once. */
  attach(sink: BodySink): void {
    this.#sink = sink;
    let flowing = true;
    for (const chunk of this.#chunks) flowing = sink.write(chunk);
    this.#chunks = [];
    if (this.#error) sink.fail(this.#error);
    else if (this.#ended) sink.end(this.#trailers);
    else if (flowing) this.control?.resume();
    else this.control?.pause();
  }

  /** Consumer: ready for more after `write` returned `false`. */
  resume(): void {
    this.control?.resume();
  }

  /** Consumer: wants no more. */
  cancel(reason: Error): void {
    this.#chunks = [];
    if (this.#ended || this.#error) return;
    this.control?.cancel(reason);
    this.#tellOver();
  }

  #tellOver(): void {
    const done = this.#over;
    this.#over = null;
    done?.();
  }
}
