import { events, readTraceParent, traceFlags, type Exchange } from '#libs/kernel';
import type { GatewayConfig } from '../../config/index.js';
import { lineConfigOf } from '../line-config.js';
import { Redaction } from '../redaction.js';
import { compileClientSpan } from './client-span.js';
import type { Collector } from './collector.js';
import type { Origin } from './finished-span.js';
import { compileSampler, type Sampler } from './sampler.js';
import { compileServerSpan } from './server-span.js';
import { RecordedTry, SpanJournal, type Pen } from './span-journal.js';
import type { SpanQueue } from './span-queue.js';

/** From here on an exchange failed. */
const FAILURE = 500;
/** A WebSocket is as slow as its ends want it to be. */
const SWITCHED = 101;

export interface TracerParts {
  readonly config: Pick<GatewayConfig, 'log' | 'routes' | 'tracing'>;
  readonly origin: Origin;
  readonly pen: Pen;
  readonly queue: SpanQueue;
  readonly collector: Pick<Collector, 'close'>;
}

/** Writes the traces of exchanges: which ones are exported is decided when they open, or when it is known how they went. */
export class Tracer {
  readonly #sampled: Sampler;
  readonly #watched: boolean;
  readonly #server: ReturnType<typeof compileServerSpan>;
  readonly #client: ReturnType<typeof compileClientSpan>;
  #unsubscribe: readonly (() => void)[] = [];

  constructor(private readonly parts: TracerParts) {
    const { query, sample } = parts.config.tracing;
    const redaction = Redaction.of(lineConfigOf(parts.config));
    this.#sampled = compileSampler(sample);
    this.#watched = sample.errors || sample.slow > 0;
    this.#server = compileServerSpan({ redaction, query }, parts.origin);
    this.#client = compileClientSpan(redaction, parts.origin);
  }

  /** Listens to exchanges from now on; those already open have a journal if another tracer has opened them. */
  begin(): void {
    this.#unsubscribe = [
      events.exchangeOpened.subscribe((exchange) => this.#open(exchange)),
      events.exchangeClosing.subscribe((exchange) => {
        if (exchange.journal instanceof SpanJournal) this.#close(exchange, exchange.journal);
      }),
      ...listenToDecisions(),
    ];
  }

  /**
   * Listens no more, and sends what there is. Never rejects.
   * @param limit milliseconds.
   */
  async end(limit: number): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#unsubscribe = [];
    await this.parts.queue.close(limit);
    this.parts.collector.close();
  }

  #open(exchange: Exchange): void {
    const { pen } = this.parts;
    const parent = readTraceParent(exchange.headers.traceparent);
    const traceId = parent?.traceId ?? pen.hex(16);
    const sampled = this.#sampled(exchange, traceId, parent);
    // Whoever begins a trace says whether its id is random; all others pass that on (W3C Trace Context, level 2).
    const flags = ((parent?.flags ?? traceFlags.randomId) & traceFlags.randomId) | (sampled ? traceFlags.sampled : 0);
    exchange.traceId = traceId;
    exchange.sampled = sampled;
    exchange.journal = new SpanJournal({ traceId, parent, flags, watched: sampled || this.#watched }, pen);
  }

  #close(exchange: Exchange, journal: SpanJournal): void {
    if (!exchange.sampled && !this.#isWorthIt(exchange)) return;
    const { pen: { clock, hex }, queue } = this.parts;
    const endedAt = clock.elapsed();
    const epoch = clock.now() - endedAt;
    exchange.sampled = true;
    exchange.spanId = hex(8);
    queue.add(this.#server(exchange, journal, { epoch, endedAt }));
    for (const one of journal.tries) {
      if (one.endedAt > 0) queue.add(this.#client(one, exchange.spanId, epoch));
    }
    journal.late = (one: RecordedTry) => queue.add(this.#client(one, exchange.spanId, epoch));
  }

  #isWorthIt({ startedAt, status }: Exchange): boolean {
    const { errors, slow } = this.parts.config.tracing.sample;
    return (errors && status >= FAILURE) || (slow > 0 && status !== SWITCHED && this.parts.pen.clock.elapsed() - startedAt >= slow);
  }
}

/** What rooms decide on an exchange's way becomes events of its span. */
function listenToDecisions(): (() => void)[] {
  const note = (exchange: Exchange, name: string, attributes: Readonly<Record<string, string | number>>): void => {
    if (exchange.journal instanceof SpanJournal && exchange.journal.watched) exchange.journal.note(`passerelle.${name}`, attributes);
  };
  return [
    events.retryScheduled.subscribe(({ delay, exchange }) => note(exchange, 'retry', { 'passerelle.service': exchange.service?.name ?? '', 'passerelle.retry.delay_ms': delay })),
    events.requestHedged.subscribe(({ exchange, outcome, service }) => note(exchange, 'hedge', { 'passerelle.service': service, 'passerelle.hedge.outcome': outcome })),
    events.requestShed.subscribe(({ exchange, priority, service }) => note(exchange, 'shed', { 'passerelle.service': service, 'passerelle.priority': priority })),
    events.limitStoreAway.subscribe(({ away, exchange, limit }) => note(exchange, 'limit_store_away', { 'passerelle.limit': limit, 'passerelle.limit.away': away })),
  ];
}
