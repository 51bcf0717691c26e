import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { pino } from 'pino';

/** Bytes that are gathered before a write: a write per line costs more than the line. */
const BATCH = 16_384;
const LARGEST_WRITE = 65_536;
/** Bytes that may wait for a reader that does not read; beyond it lines are dropped, the gateway goes on. */
const WAITING_ROOM = 33_554_432;
/** Milliseconds a line waits at most. */
const FLUSH_INTERVAL = 250;
const STDOUT = 1;

/** Where all log lines go: access lines and the application's, in the order they were written. */
@Injectable()
export class LogDestination implements OnApplicationShutdown {
  readonly #stream: ReturnType<typeof pino.destination>;
  readonly #timer: NodeJS.Timeout;
  #waiting = false;
  #closed = false;

  /** @param fd file descriptor, open for writing; stays open. */
  constructor(fd: number) {
    this.#stream = pino.destination({ dest: fd, sync: false, minLength: BATCH, maxWrite: LARGEST_WRITE, maxLength: WAITING_ROOM });
    this.#timer = setInterval(() => this.flush(), FLUSH_INTERVAL).unref();
  }

  static stdout(): LogDestination {
    return new LogDestination(STDOUT);
  }

  /** @param line complete, with its line feed. */
  write(line: string): void {
    this.#stream.write(line);
    this.#waiting = true;
    // Nobody flushes for those who still have something to say after the end.
    if (this.#closed) this.flushSync();
  }

  flush(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#stream.flush();
  }

  /** Writes what waits before it returns; pino calls it before a fatal error ends the process. */
  flushSync(): void {
    this.#waiting = false;
    this.#stream.flushSync();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#closed = true;
    this.flushSync();
  }
}
