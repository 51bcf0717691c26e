import { FrameReader } from './frame-reader.js';
import { closeCodes, opcodes, pingPayload } from './frames.js';

/** RFC 6455 5.5. */
const LONGEST_CONTROL = 125;

/**
 * Client to target: passes chunks on as they came, minus pongs that answer our own pings, and stops at the first frame
 * that breaks RFC 6455 or is too long. What extensions negotiate (the RSV bits) is between client and service.
 */
export class ClientFrames {
  readonly #reader = new FrameReader();
  #closeSeen = false;
  #pinged = false;
  /** Whether a frame of ours may follow what was passed on. */
  #clean = true;

  /**
   * @param maxFrame bytes a frame may announce.
   * @param pass receives what goes on to the target, never empty.
   */
  constructor(
    private readonly maxFrame: number,
    private readonly pass: (bytes: Buffer) => void,
  ) {}

  /** Whether a close frame may be put after what was passed on: not in the middle of a frame, not after another one. */
  get mayClose(): boolean {
    return this.#clean && !this.#closeSeen;
  }

  /** Whether the client has said its last frame. */
  get closeSeen(): boolean {
    return this.#closeSeen;
  }

  /** From now on pongs with our payload are ours. */
  expectPong(): void {
    this.#pinged = true;
  }

  /** @returns 0, or the code to close with: then the offending frame and all that follows was not passed on. */
  take(chunk: Buffer): number {
    const reader = this.#reader;
    let passed = 0;
    let at = 0;
    while (at < chunk.length) {
      if (reader.left > 0) {
        at = reader.skip(chunk, at);
        continue;
      }
      const start = at - reader.partial;
      at = reader.header(chunk, at);
      if (reader.partial > 0) break;
      const fault = this.#judge();
      if (fault !== 0) {
        // A header that began in an earlier chunk has been passed on in part.
        this.#clean = start >= 0;
        this.#passOn(chunk, passed, Math.max(start, passed));
        return fault;
      }
      if (start >= 0 && this.#isOurPong(chunk, at)) {
        this.#passOn(chunk, passed, start);
        at = reader.skip(chunk, at);
        passed = at;
      }
    }
    this.#clean = reader.between;
    this.#passOn(chunk, passed, chunk.length);
    return 0;
  }

  #passOn(chunk: Buffer, from: number, to: number): void {
    if (to - from === chunk.length) this.pass(chunk);
    else if (to > from) this.pass(chunk.subarray(from, to));
  }

  /** RFC 6455 5.1, 5.2 and 5.5. */
  #judge(): number {
    const { opcode, final, masked, length, minimal } = this.#reader;
    const control = opcode >= opcodes.close;
    if (!masked || !minimal || (opcode & 0x7) > 2) return closeCodes.protocolError;
    if (control && (!final || length > LONGEST_CONTROL)) return closeCodes.protocolError;
    if (length > this.maxFrame || length === Number.POSITIVE_INFINITY) return closeCodes.tooBig;
    if (opcode === opcodes.close) this.#closeSeen = true;
    return 0;
  }

  /** Only one that lies whole in the chunk is kept back; a service may ignore the others (RFC 6455 5.5.3). */
  #isOurPong(chunk: Buffer, payload: number): boolean {
    const reader = this.#reader;
    if (!this.#pinged || reader.opcode !== opcodes.pong || reader.length !== pingPayload.length) return false;
    if (chunk.length < payload + pingPayload.length) return false;
    return pingPayload.every((byte, i) => byte === ((chunk[payload + i] as number) ^ reader.maskAt(i)));
  }
}
