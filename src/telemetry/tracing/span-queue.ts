import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SpanCounts } from './span-counts.js';

/** Spans that are sent together at most: putting them into bytes takes the event loop some milliseconds. */
const BATCH = 256;

/** Who sends spans. */
export interface Sender {
  /** Calls back once, when it is known what became of them. */
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void;
}

interface Settings {
  /** Spans that may wait. */
  readonly size: number;
  /** Milliseconds that they wait for others at most. */
  readonly every: number;
  /** Called before spans are sent, and with what came of it: `null`, or why they are lost. */
  readonly told: (why: Error | null) => void;
}

/**
 * Spans on their way to a collector: sent when there are many or the oldest has waited for long, one batch at a time. Where
 * it does not keep up or is away, those that find no room are dropped and counted; nothing waits for it.
 */
export class SpanQueue {
  #waiting: ReadableSpan[] = [];
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;

  constructor(private readonly sender: Sender, private readonly counts: SpanCounts, private readonly settings: Settings) {}

  add(span: ReadableSpan): void {
    if (this.#waiting.length >= this.settings.size) {
      this.counts.dropped++;
      return;
    }
    this.#waiting.push(span);
    if (this.#sending !== null) return;
    if (this.#waiting.length >= BATCH) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), this.settings.every).unref();
  }

  /**
   * Sends what waits; what is not through in time is lost, and counted. Never rejects.
   * @param limit milliseconds.
   */
  async close(limit: number): Promise<void> {
    const over = Promise.withResolvers<null>();
    const timer = setTimeout(over.resolve, limit, null);
    let inTime = true;
    while (inTime && (this.#sending !== null || this.#waiting.length > 0)) {
      if (this.#sending === null) this.#send();
      inTime = (await Promise.race([this.#sending as unknown as Promise<void>, over.promise])) !== null;
    }
    clearTimeout(timer);
    this.#stopTimer();
    this.counts.failed += this.#waiting.length;
    this.#waiting = [];
    this.counts.tell();
  }

  #send(): void {
    this.#stopTimer();
    const batch = this.#waiting.splice(0, BATCH);
    this.#sending = new Promise<ExportResult>((resolve) => this.sender.export(batch, resolve)).catch((error: unknown) => ({ code: ExportResultCode.FAILED, error: error as Error })).then((result) => {
      this.#sending = null;
      this.#settle(batch.length, result);
    });
  }

  #settle(count: number, { code, error }: ExportResult): void {
    const lost = code !== ExportResultCode.SUCCESS;
    this.counts[lost ? 'failed' : 'exported'] += count;
    this.counts.tell();
    this.settings.told(lost ? (error ?? new Error('the collector did not take them')) : null);
    if (this.#waiting.length === 0 || this.#sending !== null) return;
    // A collector that is away is not asked again at once.
    if (!lost && this.#waiting.length >= BATCH) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), this.settings.every).unref();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
  }
}
