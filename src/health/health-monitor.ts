import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock, type Random, type Target } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { connectionSettings } from '../services/connections.js';
import { ServiceDirectory, type LiveService } from '../services/index.js';
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
  readonly #unsubscribe: readonly (() => void)[];

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly probe: TargetProbe,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {
    this.#unsubscribe = [events.configurationApplied.subscribe(() => this.#follow()), events.targetsChanged.subscribe(() => this.#follow())];
  }

  #follow(): void {
    const wanted = new Set<Target>();
    for (const service of this.directory.services.values()) {
      if (!service.config.health.active) continue;
      for (const target of service.targets) {
        wanted.add(target);
        this.#watch(service, target);
      }
    }
    for (const [target, watch] of this.#watches) {
      if (wanted.has(target)) continue;
      watch.stop();
      this.#watches.delete(target);
    }
  }

  #watch({ name, config }: LiveService, target: Target): void {
    const settings = JSON.stringify([config.health, connectionSettings(config)]);
    const present = this.#watches.get(target);
    if (present?.settings === settings) return;
    present?.stop();
    const ask = () => this.probe.ask(target.url.href, config);
    this.#watches.set(target, new TargetWatch({ service: name, target, settings, ask, ...this.chance }, config.health.active as NonNullable<ServiceConfig['health']['active']>));
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }
}
