import type { OnApplicationShutdown } from '@nestjs/common';
import { events, type AuditFigures, type Clock, type HandshakeFailure } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import { CacheStats } from './cache-stats.js';
import { ExchangeStats } from './exchange-stats.js';
import type { Services } from '../services/index.js';
import { LimitStats } from './limit-stats.js';
import { ReloadStats } from './reload-stats.js';
import { ResilienceStats } from './resilience-stats.js';
import { SteeringStats } from './steering-stats.js';
import { Tally } from './tally.js';
import type { StoreFigures } from './store-families.js';

/** What the recorder needs of the configuration store. */
export interface MetricsSource {
  readonly current: { readonly config: Pick<GatewayConfig, 'metrics'> };
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
  /** TLS handshakes that came to nothing, by reason. */
  readonly handshakes = new Tally<HandshakeFailure['reason']>();
  /** `null` while nothing was recorded. */
  audit: AuditFigures | null = null;
  readonly #unsubscribe: readonly (() => void)[];

  constructor(readonly source: MetricsSource, readonly directory: ServicesSource, readonly stores: () => StoreFigures, clock: Clock) {
    const exchanges = new ExchangeStats(source.current.config.metrics.buckets, clock);
    const reloads = new ReloadStats(clock);
    this.exchanges = exchanges;
    this.reloads = reloads;
    this.#unsubscribe = [
      events.exchangeOpened.subscribe((exchange) => exchanges.opened(exchange)),
      events.exchangeClosed.subscribe((exchange) => {
        exchanges.closed(exchange);
        if (exchange.degraded !== null || exchange.variant !== null) this.steering.closed(exchange);
        if (exchange.limits.length > 0) this.limits.closed(exchange);
        if (exchange.cached !== null) this.cache.closed(exchange);
      }),
      events.limitStoreAway.subscribe((away) => this.limits.storeAway(away)),
      events.auditChanged.subscribe((figures) => { this.audit = figures; }),
      events.handshakeFailed.subscribe(({ reason }) => this.handshakes.add(reason)),
      events.cachePurged.subscribe((purge) => this.cache.purged(purge)),
      events.requestMirrored.subscribe((copy) => this.steering.copied(copy)),
      events.configurationLoadFailed.subscribe(() => reloads.outcomes.add('load-failed')),
      events.configurationApplyFailed.subscribe(() => reloads.outcomes.add('apply-failed')),
      events.retryScheduled.subscribe(({ exchange }) => this.resilience.retries.add((exchange.service ?? exchange.route?.service)?.name ?? '')),
      events.targetEjected.subscribe(({ service }) => this.resilience.ejections.add(service)),
      events.requestShed.subscribe(({ priority, service }) => this.resilience.shed.add(JSON.stringify([service, priority]))),
      events.requestHedged.subscribe(({ outcome, service }) => this.resilience.hedges.add(JSON.stringify([service, outcome]))),
      events.configurationApplied.subscribe(({ version }) => {
        reloads.applied(version);
        exchanges.measureIn(source.current.config.metrics.buckets);
      }),
    ];
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
