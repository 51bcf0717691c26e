import { AnswerBody, type BodyControl, type BodySink } from '#libs/kernel';
import type { Awaited } from './flights.js';

/** What was recorded: the whole content, or why there is none. */
export type Recorded = { readonly content: Buffer; readonly trailers: readonly string[] | null } | 'broken' | 'too-large';

/** What is made of a recording. */
interface Recording {
  /** Bytes that are recorded at most. */
  readonly most: number;
  /** Who else waits for it. */
  readonly awaited: Awaited | null;
  /** Called once; before the consumer is told of the end, unless it takes longer. */
  done(recorded: Recorded): void;
}

/**
 * A body that is recorded while it passes. What does not fit passes all the same. The consumer sets the pace, except
 * while others wait for the recording: a slow client must not be waited for by all, and what it has not taken yet is in
 * memory anyway.
 */
export function recordBody(source: AnswerBody, recording: Recording): AnswerBody {
  const recorder = new BodyRecorder(source, recording);
  source.attach(recorder);
  return recorder.body;
}

class BodyRecorder implements BodySink, BodyControl {
  readonly body = new AnswerBody(this);
  /** `null` once nothing is recorded any more. */
  #chunks: Uint8Array[] | null = [];
  #size = 0;

  constructor(private readonly source: AnswerBody, private readonly recording: Recording) {
    const { awaited } = recording;
    if (awaited) awaited.onFollower = () => this.#hurry();
  }

  // From the source.

  write(chunk: Uint8Array): boolean {
    if (this.#chunks !== null) this.#record(this.#chunks, chunk);
    return this.body.push(chunk) || this.#hurries();
  }

  end(trailers: readonly string[] | null): void {
    if (this.#chunks !== null) this.#finish({ content: exactCopy(this.#chunks, this.#size), trailers });
    this.body.end(trailers);
  }

  fail(error: Error): void {
    this.#finish('broken');
    this.body.fail(error);
  }

  // From the consumer.

  /** The source is told with the next chunk. */
  pause(): void {}

  resume(): void {
    this.source.resume();
  }

  cancel(reason: Error): void {
    this.#finish('broken');
    this.source.cancel(reason);
  }

  #record(chunks: Uint8Array[], chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    if (this.#size > this.recording.most) this.#finish('too-large');
    else chunks.push(chunk);
  }

  #finish(recorded: Recorded): void {
    if (this.#chunks === null) return;
    this.#chunks = null;
    this.recording.done(recorded);
  }

  #hurries(): boolean {
    return this.#chunks !== null && this.recording.awaited?.awaited === true;
  }

  /** The consumer may have paused the source. */
  #hurry(): void {
    if (this.#hurries()) this.source.resume();
  }
}

/** Memory of its own and no more: what arrives is cut from buffers that are larger by far, and would keep them. */
export function exactCopy(chunks: readonly Uint8Array[], size: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const chunk of chunks) {
    copy.set(chunk, at);
    at += chunk.byteLength;
  }
  return copy;
}
