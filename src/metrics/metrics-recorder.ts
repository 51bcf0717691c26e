import type { OnApplicationShutdown } from '@nestjs/common';
import { events, type AuditFigures, type Clock, type Exchange, type HandshakeFailure, type SpanFigures } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import type { Services } from '../services/index.js';
import { CacheStats } from './cache-stats.js';
import { CertificateStats } from './certificate-families.js';
import { ExchangeStats } from './exchange-stats.js';
import { LimitStats } from './limit-stats.js';
import { ProbeStats } from './probe-stats.js';
import { ReloadStats } from './reload-stats.js';
import { ResilienceStats } from './resilience-stats.js';
import { SteeringStats } from './steering-stats.js';
import type { StoreFigures } from './store-families.js';
import { Tally } from './tally.js';

/** What one process counts by, of the configuration in force. */
type CountedConfig = Pick<GatewayConfig, 'metrics' | 'tls' | 'services'>;

/** What the recorder needs of the configuration store. */
export interface MetricsSource {
  readonly current: { readonly config: CountedConfig };
}

/** What the recorder needs of the services room. */
export interface ServicesSource {
  readonly services: Services;
}

/** Listens to what the rooms publish and keeps count. */
export class MetricsRecorder implements OnApplicationShutdown {
  readonly exchanges: ExchangeStats;
  readonly reloads: ReloadStats;
  readonly resilience = new ResilienceStats();
  readonly steering = new SteeringStats();
  readonly limits = new LimitStats();
  readonly cache = new CacheStats();
  readonly probes = new ProbeStats();
  readonly certificates = new CertificateStats();
  /** TLS handshakes that came to nothing, by reason. */
  readonly handshakes = new Tally<HandshakeFailure['reason']>();
  /** `null` while nothing was recorded. */
  audit: AuditFigures | null = null;
  /** `null` while nothing was to be exported. */
  spans: SpanFigures | null = null;
  /** Lines of the log that are lost. */
  linesDropped = 0;
  readonly #unsubscribe: readonly (() => void)[];

  constructor(readonly source: MetricsSource, readonly directory: ServicesSource, readonly stores: () => StoreFigures, clock: Clock) {
    const exchanges = new ExchangeStats(source.current.config.metrics, clock);
    this.exchanges = exchanges;
    this.reloads = new ReloadStats(clock);
    this.#unsubscribe = [
      events.exchangeOpened.subscribe((exchange) => exchanges.opened(exchange)),
      events.exchangeClosed.subscribe((exchange) => this.#closed(exchange)),
      events.limitStoreAway.subscribe((away) => this.limits.storeAway(away)),
      events.handshakeFailed.subscribe(({ reason }) => this.handshakes.add(reason)),
      events.cachePurged.subscribe((purge) => this.cache.purged(purge)),
      events.requestMirrored.subscribe((copy) => this.steering.copied(copy)),
      events.targetProbed.subscribe((probed) => this.probes.probed(probed)),
      events.auditChanged.subscribe((figures) => { this.audit = figures; }),
      events.spansChanged.subscribe((figures) => { this.spans = figures; }),
      events.logLinesDropped.subscribe((lines) => { this.linesDropped = lines; }),
      events.configurationApplied.subscribe(() => exchanges.measureIn(source.current.config.metrics)),
      ...this.resilience.listen(),
      ...this.reloads.listen(),
    ];
  }

  #closed(exchange: Exchange): void {
    this.exchanges.closed(exchange);
    if (exchange.degraded !== null || exchange.variant !== null) this.steering.closed(exchange);
    if (exchange.limits.length > 0) this.limits.closed(exchange);
    if (exchange.cached !== null) this.cache.closed(exchange);
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
