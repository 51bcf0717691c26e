import { FrameReader } from './frame-reader.js';
import { opcodes } from './frames.js';

/** Where the bytes for the client go. */
export interface ClientSink {
  write(bytes: Buffer): void;
  /** Nothing follows; `bytes` is the last frame, `null` when the target's own was. */
  end(bytes: Buffer | null): void;
}

/**
 * Target to client: passes chunks on as they came and puts frames of ours between the target's. RFC 6455 5.5 allows a
 * control frame between the fragments of a message, so every end of a frame will do. What the target sends is not
 * judged: that is the client's part.
 */
export class TargetFrames {
  readonly #reader = new FrameReader();
  #closeSeen = false;
  #waiting: Buffer | null = null;
  #last: Buffer | null = null;
  #over = false;

  constructor(private readonly sink: ClientSink) {}

  /** Puts a frame in as soon as one of the target ends; dropped when one waits already, or the end is near. */
  interject(frame: Buffer): void {
    if (this.#over || this.#waiting || this.#last || this.#closeSeen) return;
    this.#waiting = frame;
    if (this.#reader.between) this.#flush();
  }

  /** Ends the direction with a close frame as soon as one of the target's frames ends. */
  finish(close: Buffer): void {
    if (this.#over) return;
    this.#last = close;
    if (this.#reader.between) this.#flush();
  }

  take(chunk: Buffer): void {
    if (this.#over) return;
    const reader = this.#reader;
    let passed = 0;
    let at = 0;
    while (at < chunk.length) {
      if (reader.between && (this.#waiting || this.#last)) {
        if (at > passed) this.sink.write(chunk.subarray(passed, at));
        passed = at;
        if (this.#flush()) return;
      }
      if (reader.left > 0) at = reader.skip(chunk, at);
      else at = this.#header(chunk, at);
    }
    this.sink.write(passed === 0 ? chunk : chunk.subarray(passed));
    if (reader.between) this.#flush();
  }

  #header(chunk: Buffer, at: number): number {
    const reader = this.#reader;
    const next = reader.header(chunk, at);
    if (reader.partial === 0 && reader.opcode === opcodes.close) this.#closeSeen = true;
    return next;
  }

  /** @returns whether that was the end. */
  #flush(): boolean {
    const [waiting, last] = [this.#waiting, this.#last];
    this.#waiting = null;
    if (waiting && !last && !this.#closeSeen) this.sink.write(waiting);
    if (!last) return false;
    this.#over = true;
    this.sink.end(this.#closeSeen ? null : last);
    return true;
  }
}
