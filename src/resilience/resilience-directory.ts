import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock, type Random, type Service } from '#libs/kernel';
import { Bulkhead, CircuitBreaker, compileJudge, loopLag, OutlierDetector, RecentQuantile, RetryBudget, type BudgetOptions, type Judge, type QuantileOptions } from '#libs/resilience';
import type { BreakerConfig, ConcurrencyConfig, PassiveConfig } from '../config/index.js';
import type { LiveService } from '../services/index.js';

interface Watch {
  readonly service: Service;
  readonly detector: OutlierDetector;
  readonly judge: Judge;
}

/** What one snapshot uses; by keys of name and settings. */
interface InUse {
  readonly breakers: Map<string, CircuitBreaker>;
  readonly budgets: Map<string, RetryBudget>;
  readonly bulkheads: Map<string, Bulkhead>;
  readonly latencies: Map<string, RecentQuantile>;
  readonly watches: Map<string, Watch>;
}

const none = (): InUse => ({ breakers: new Map(), budgets: new Map(), bulkheads: new Map(), latencies: new Map(), watches: new Map() });

/** Hands out the state of one snapshot while its routes are compiled. */
export interface Resilience {
  /** @param route whose own breaker it is; `null` for that of the service. */
  breaker(service: LiveService, route: string | null, config: BreakerConfig): CircuitBreaker;
  budget(service: string, options: BudgetOptions): RetryBudget;
  bulkhead(service: LiveService, config: ConcurrencyConfig, random: Random): Bulkhead;
  /** A quantile of how long the service took lately. */
  latencies(service: string, options: QuantileOptions): RecentQuantile;
  detector(service: Service, config: PassiveConfig): OutlierDetector;
}

/** Keeps breakers, budgets, limits and ejections across reloads: what is configured the same goes on as it was. */
@Injectable()
export class ResilienceDirectory implements OnApplicationShutdown {
  #inUse = none();
  readonly #unsubscribe = [
    events.targetsChanged.subscribe((service) => this.#watchesOf(service).forEach(({ detector }) => detector.watch(service.targets))),
    events.answerBroken.subscribe(({ exchange, target, problem }) => {
      for (const { detector, judge } of this.#watchesOf(exchange.service)) if (judge.error(exchange, problem) === 'failure') detector.broke(target);
    }),
  ];

  /** Prepares the state of a configuration, reusing what is unchanged. Nothing takes effect before `adopt`. */
  build(clock: Clock): { resilience: Resilience; adopt: () => void } {
    const { breakers, budgets, bulkheads, latencies, watches } = this.#inUse;
    const next = none();
    const resilience: Resilience = {
      breaker: (service, route, config) => {
        const options = { ...config, failures: config.failures ?? 0, slow: config.slow ?? null };
        const breaker = take(next.breakers, breakers, [service.name, route, config], () => new CircuitBreaker({ service: service.name, route }, options, clock));
        service.breakers.set(route ?? '', breaker);
        return breaker;
      },
      budget: (service, options) => take(next.budgets, budgets, [service, options], () => new RetryBudget(options, clock)),
      bulkhead: (service, config, random) => (service.bulkhead = take(next.bulkheads, bulkheads, [service.name, config], () => new Bulkhead(config, clock, random, loopLag()))),
      latencies: (service, options) => take(next.latencies, latencies, [service, options], () => new RecentQuantile(options, clock)),
      detector: (service, config) => {
        const key = JSON.stringify([service.name, config]);
        const detector = (next.watches.get(key) ?? watches.get(key))?.detector ?? new OutlierDetector(service.name, { ...config, slow: config.slow ?? null }, clock);
        next.watches.set(key, { service, detector, judge: compileJudge(config.counts) });
        return detector;
      },
    };
    return { resilience, adopt: () => this.#adopt(next) };
  }

  #adopt(next: InUse): void {
    for (const [key, { detector }] of this.#inUse.watches) if (!next.watches.has(key)) detector.dispose();
    for (const { detector, service } of next.watches.values()) detector.watch(service.targets);
    this.#inUse = next;
  }

  #watchesOf(service: Service | null): readonly Watch[] {
    return [...this.#inUse.watches.values()].filter((watch) => watch.service === service);
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}

/** What the next snapshot already has under a key, or the present one, or a new one. */
function take<T>(next: Map<string, T>, now: ReadonlyMap<string, T>, parts: readonly unknown[], create: () => T): T {
  const key = JSON.stringify(parts);
  const value = next.get(key) ?? now.get(key) ?? create();
  next.set(key, value);
  return value;
}
