import type { Clock, Service, Target } from '#libs/kernel';
import { CircuitBreaker, OutlierDetector, RetryBudget, type BudgetOptions } from '#libs/resilience';
import type { BreakerConfig, PassiveConfig } from '../config/index.js';

interface Watch {
  readonly detector: OutlierDetector;
  readonly targets: readonly Target[];
}

/** What one snapshot uses; by keys of name and settings. */
interface InUse {
  readonly breakers: Map<string, CircuitBreaker>;
  readonly budgets: Map<string, RetryBudget>;
  readonly watches: Map<string, Watch>;
}

const none = (): InUse => ({ breakers: new Map(), budgets: new Map(), watches: new Map() });

/** Hands out the state of one snapshot while its routes are compiled. */
export interface Resilience {
  /** @param route whose own breaker it is; `null` for that of the service. */
  breaker(service: string, route: string | null, config: BreakerConfig): CircuitBreaker;
  budget(service: string, options: BudgetOptions): RetryBudget;
  detector(service: Service, config: PassiveConfig): OutlierDetector;
}

/** Keeps breakers, budgets and ejections across reloads: what is configured the same goes on as it was. */
export class ResilienceDirectory {
  #inUse = none();

  /** Prepares the state of a configuration, reusing what is unchanged. Nothing takes effect before `adopt`. */
  build(clock: Clock): { resilience: Resilience; adopt: () => void } {
    const { breakers, budgets, watches } = this.#inUse;
    const next = none();
    const resilience: Resilience = {
      breaker: (service, route, config) => {
        const options = { ...config, failures: config.failures ?? 0, slow: config.slow ?? null };
        return take(next.breakers, breakers, [service, route, config], () => new CircuitBreaker({ service, route }, options, clock));
      },
      budget: (service, options) => take(next.budgets, budgets, [service, options], () => new RetryBudget(options, clock)),
      detector: ({ name, targets }, config) => {
        const key = JSON.stringify([name, config]);
        const detector = (next.watches.get(key) ?? watches.get(key))?.detector ?? new OutlierDetector(name, config, clock);
        next.watches.set(key, { detector, targets });
        return detector;
      },
    };
    return { resilience, adopt: () => this.#adopt(next) };
  }

  #adopt(next: InUse): void {
    for (const [key, { detector }] of this.#inUse.watches) if (!next.watches.has(key)) detector.dispose();
    for (const { detector, targets } of next.watches.values()) detector.watch(targets);
    this.#inUse = next;
  }
}

/** What the next snapshot already has under a key, or the present one, or a new one. */
function take<T>(next: Map<string, T>, now: ReadonlyMap<string, T>, parts: readonly unknown[], create: () => T): T {
  const key = JSON.stringify(parts);
  const value = next.get(key) ?? now.get(key) ?? create();
  next.set(key, value);
  return value;
}
