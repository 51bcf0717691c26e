import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock, type Random, type Target } from '#libs/kernel';
import { ConfigStore, type ServiceConfig } from '../config/index.js';
import { ServiceDirectory } from '../services/index.js';
import { TargetProbe } from './target-probe.js';
import { TargetWatch } from './target-watch.js';

/** What the monitor takes from its surroundings, so that tests own it. */
export const CHANCE = Symbol('clock and randomness of the health monitor');
export interface Chance {
  readonly clock: Clock;
  readonly random: Random;
}

/** `health.active`: probes the targets of the services that ask for it, as long as they are configured the same. */
@Injectable()
export class HealthMonitor implements OnApplicationShutdown {
  readonly #watches = new Map<Target, TargetWatch>();
  readonly #unsubscribe: () => void;

  constructor(
    private readonly store: ConfigStore,
    private readonly directory: ServiceDirectory,
    private readonly probe: TargetProbe,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {
    this.#unsubscribe = events.configurationApplied.subscribe(() => this.#follow(this.store.current.config.services));
  }

  #follow(configs: Readonly<Record<string, ServiceConfig>>): void {
    const wanted = new Set<Target>();
    for (const [name, config] of Object.entries(configs)) {
      if (!config.health.active) continue;
      this.directory.services.get(name)?.targets.forEach((target, i) => {
        wanted.add(target);
        this.#watch(name, target, config, config.targets[i]?.url ?? target.url.href);
      });
    }
    for (const [target, watch] of this.#watches) {
      if (wanted.has(target)) continue;
      watch.stop();
      this.#watches.delete(target);
    }
  }

  #watch(service: string, target: Target, config: ServiceConfig, url: string): void {
    const settings = JSON.stringify([config.health, config.allowPrivate]);
    const present = this.#watches.get(target);
    if (present?.settings === settings) return;
    present?.stop();
    const ask = () => this.probe.ask(url, config);
    this.#watches.set(target, new TargetWatch({ service, target, settings, ask, ...this.chance }, config.health.active as NonNullable<ServiceConfig['health']['active']>));
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }
}
