import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { pino } from 'pino';
import { events } from '#libs/kernel';

/** Bytes that are gathered before a write: a write per line costs more than the line. */
const BATCH = 65_536;
const PAGE = 131_072;
/** Bytes that UTF-8 needs at most for a UTF-16 unit. */
const WIDEST = 3;
/** Bytes that may wait for a reader that does not read; beyond it lines are dropped, the gateway goes on. */
const WAITING_ROOM = 33_554_432;
/** Milliseconds a line waits at most. */
const FLUSH_INTERVAL = 250;
const STDOUT = 1;
const LINE_FEED = 0x0a;

/** Where all log lines go: access lines and the application's, in the order they were written. */
@Injectable()
export class LogDestination implements OnApplicationShutdown {
  readonly #stream: ReturnType<typeof pino.destination>;
  readonly #timer: NodeJS.Timeout;
  /** Where lines become bytes, each once; sonic-boom would measure and flatten what it has gathered with every line. */
  #page = Buffer.allocUnsafeSlow(PAGE);
  #from = 0;
  #to = 0;
  /** Bytes that the stream has not written yet; a flush while it writes is nothing to it, and has to come again. */
  #pending = 0;
  #closed = false;
  #dropped = 0;

  /** @param fd file descriptor, open for writing; stays open. */
  constructor(fd: number) {
    this.#stream = pino.destination({ dest: fd, sync: false, contentMode: 'buffer', minLength: BATCH, maxWrite: PAGE, maxLength: WAITING_ROOM });
    // Its types know of neither.
    const stream = this.#stream as NodeJS.EventEmitter;
    stream.on('write', (bytes: number) => { this.#pending = Math.max(this.#pending - bytes, 0); });
    stream.on('drop', (bytes: Buffer) => {
      this.#pending -= bytes.byteLength;
      for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) this.#dropped++;
      events.logLinesDropped.publish(this.#dropped);
    });
    this.#timer = setInterval(() => this.flush(), FLUSH_INTERVAL).unref();
  }

  static stdout(): LogDestination {
    return new LogDestination(STDOUT);
  }

  /** @param line complete, with its line feed. */
  write(line: string): void {
    const space = line.length * WIDEST;
    if (space > PAGE - this.#to) this.#turnPage(space);
    this.#to += this.#page.write(line, this.#to);
    if (this.#to - this.#from >= BATCH) this.#handOver();
    // Nobody flushes for those who still have something to say after the end.
    if (this.#closed) this.flushSync();
  }

  flush(): void {
    this.#handOver();
    if (this.#pending > 0) this.#stream.flush();
  }

  /** Writes what waits before it returns; pino calls it before a fatal error ends the process. */
  flushSync(): void {
    this.#handOver();
    this.#stream.flushSync();
    this.#pending = 0;
  }

  /** Nobody will read any more: lines go nowhere. At the end of the process the stream would try for ever to get rid of them. */
  forsake(): void {
    Object.assign(this.#stream, { write: () => true, flush: () => {}, flushSync: () => {}, end: () => {} });
  }

  /** Less than a batch waits there for a flush of either kind. */
  #handOver(): void {
    if (this.#to === this.#from) return;
    this.#pending += this.#to - this.#from;
    // Its types tell of strings only.
    this.#stream.write(this.#page.subarray(this.#from, this.#to) as unknown as string);
    this.#from = this.#to;
  }

  #turnPage(space: number): void {
    this.#handOver();
    this.#page = Buffer.allocUnsafeSlow(Math.max(space, PAGE));
    this.#from = this.#to = 0;
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#closed = true;
    this.flushSync();
  }
}
