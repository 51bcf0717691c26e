import type { Readable } from 'node:stream';
import { pino } from 'pino';
import { events } from '#libs/kernel';

const STDOUT = 1;
const LINE_FEED = 0x0a;
/** Bytes that may wait for a reader that does not read; beyond it lines are dropped, the gateway goes on. */
const WAITING_ROOM = 33_554_432;
/** Milliseconds to wait for the reader at the end. */
const PATIENCE = 2_000;
/** Bytes without a line feed that are held back for the rest of their line. */
const LONGEST_LINE = 1_048_576;

/**
 * The one writer of the standard output. Processes that share a pipe write into each other's lines as soon as it is full,
 * so workers write to the supervisor, and it passes whole lines on.
 */
export class Relay {
  readonly #stream: ReturnType<typeof pino.destination>;

  /** @param fd file descriptor, open for writing; stays open. */
  constructor(fd = STDOUT) {
    this.#stream = pino.destination({ dest: fd, sync: false, contentMode: 'buffer', maxLength: WAITING_ROOM });
    let dropped = 0;
    // Its types do not know of it.
    (this.#stream as NodeJS.EventEmitter).on('drop', (bytes: Buffer) => {
      for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) dropped++;
      events.logLinesDropped.publish(dropped);
    });
  }

  /** @param line complete, with its line feed. */
  write(line: string): void {
    this.#pass(Buffer.from(line));
  }

  /** Passes on what comes from a worker. */
  from(output: Readable): void {
    let rest: Buffer = Buffer.alloc(0);
    output.on('data', (chunk: Buffer) => {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = all.length > LONGEST_LINE && !all.includes(LINE_FEED) ? all.length : all.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) this.#pass(all.subarray(0, end));
      rest = all.subarray(end);
    });
    // A process that was killed may have been in the middle of a line.
    output.on('close', () => { if (rest.length > 0) this.#pass(Buffer.concat([rest, Buffer.of(LINE_FEED)])); });
    output.on('error', () => {});
  }

  /** Writes what waits before it returns; pino calls it before a fatal error ends the process. */
  flushSync(): void {
    this.#stream.flushSync();
  }

  /** Writes what waits, if somebody reads it; nothing may be written afterwards. */
  async end(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stream.once('close', resolve).once('error', () => resolve());
    const timer = setTimeout(() => {
      // At the end of the process it would try for ever to get rid of what nobody reads.
      this.#stream.flushSync = () => {};
      resolve();
    }, PATIENCE);
    this.#stream.end();
    await promise;
    clearTimeout(timer);
  }

  /** Its types tell of strings only. */
  #pass(bytes: Buffer): void {
    this.#stream.write(bytes as unknown as string);
  }
}
