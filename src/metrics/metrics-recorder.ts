import type { OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import { ExchangeStats } from './exchange-stats.js';
import { ReloadStats } from './reload-stats.js';

/** What the recorder needs of the configuration store. */
export interface MetricsSource {
  readonly current: { readonly config: Pick<GatewayConfig, 'metrics'> };
}

/** Listens to what the rooms publish and keeps count. */
export class MetricsRecorder implements OnApplicationShutdown {
  readonly exchanges: ExchangeStats;
  readonly reloads: ReloadStats;
  readonly #unsubscribe: readonly (() => void)[];

  constructor(readonly source: MetricsSource, clock: Clock) {
    const exchanges = new ExchangeStats(source.current.config.metrics.buckets, clock);
    const reloads = new ReloadStats(clock);
    this.exchanges = exchanges;
    this.reloads = reloads;
    this.#unsubscribe = [
      events.exchangeOpened.subscribe((exchange) => exchanges.opened(exchange)),
      events.exchangeClosed.subscribe((exchange) => exchanges.closed(exchange)),
      events.configurationLoadFailed.subscribe(() => reloads.outcomes.add('load-failed')),
      events.configurationApplyFailed.subscribe(() => reloads.outcomes.add('apply-failed')),
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
