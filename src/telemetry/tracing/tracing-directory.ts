import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '#libs/kernel';
import { fingerprint, type GatewayConfig } from '../../config/index.js';
import { lineConfigOf } from '../line-config.js';
import { LOGGER, type Logger } from '../logger.js';
import { Redaction } from '../redaction.js';
import { SpanCounts } from './span-counts.js';
import type { Tracer } from './tracer.js';

/** Milliseconds that the last spans have at least, however long the last requests have taken. */
const LEAST = 500;
/** Milliseconds that the spans of a tracer have that another one has replaced. */
const RETIREMENT = 10_000;

export interface TracingInput {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  /** Random hex text, `bytes` long before encoding. */
  readonly hex: (bytes: number) => string;
}

/** The tracer of a configuration that is not yet in force. */
export interface BuiltTracing {
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

interface Held {
  readonly settings: string;
  readonly tracer: Tracer;
  readonly grace: number;
  readonly clock: Clock;
}

/** Keeps the tracer across reloads that leave its settings as they are. Where the file exports nothing, nothing is loaded. */
@Injectable()
export class TracingDirectory implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #counts = new SpanCounts();
  readonly #instance = randomUUID();
  readonly #ending = new Set<Promise<void>>();
  #held: Held | null = null;
  #away = false;
  #closingAt = 0;

  constructor(@Inject(LOGGER) private readonly log: Logger, private readonly worker: number | null) {}

  async prepare(input: TracingInput): Promise<BuiltTracing> {
    const held = await this.#hold(input);
    return {
      adopt: () => this.#adopt(held),
      discard: () => {
        if (held !== this.#held) void held?.tracer.end(0);
      },
    };
  }

  async #hold({ clock, config, hex }: TracingInput): Promise<Held | null> {
    const { info, log: { debug, redact }, server: { grace }, tracing } = config;
    if (tracing.export === 'off') return null;
    const { segments } = Redaction.of(lineConfigOf(config));
    const settings = fingerprint([tracing, info, redact, debug?.header, segments]);
    if (this.#held?.settings === settings) return this.#held;
    const { createTracer } = await import('./create-tracer.js');
    const where = tracing.export.url ?? tracing.export.use;
    const tracer = await createTracer({
      config, pen: { clock, hex }, counts: this.#counts, told: (why) => this.#told(settings, where, why),
      self: { instance: this.#instance, worker: this.worker },
    });
    return { settings, tracer, grace, clock };
  }

  #adopt(held: Held | null): void {
    const former = this.#held;
    if (former === held) return;
    this.#held = held;
    held?.tracer.begin();
    if (former === null) return;
    const end = former.tracer.end(RETIREMENT);
    this.#ending.add(end);
    void end.finally(() => this.#ending.delete(end));
  }

  /** Once when it is lost, once when it is found; of one that was replaced nobody wants to know. */
  #told(settings: string, collector: string, why: Error | null): void {
    if (this.#away === (why !== null) || (this.#held !== null && this.#held.settings !== settings)) return;
    this.#away = why !== null;
    if (why === null) this.log.info({ collector }, 'the collector of traces takes spans again');
    else this.log.warn({ collector, why: why.message, code: (why as NodeJS.ErrnoException).code }, 'the collector of traces takes no spans; they are lost until it does');
  }

  beforeApplicationShutdown(): void {
    this.#closingAt = this.#held?.clock.elapsed() ?? 0;
  }

  /** The last exchange is closed by now: what is left of the grace time is for the last spans. */
  async onApplicationShutdown(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    const end = held?.tracer.end(Math.max(LEAST, held.grace - (held.clock.elapsed() - this.#closingAt)));
    await Promise.all([...this.#ending, end]);
  }
}
