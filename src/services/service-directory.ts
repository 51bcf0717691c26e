import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { slowStart } from '#libs/balancing';
import type { Clock, ExtensionRegistry, Service, Surroundings, Target } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { openTarget, type TargetConfig } from './targets.js';

/** The services of one snapshot by name. */
export type Services = ReadonlyMap<string, Service>;

/**
 * Milliseconds after which a target that is no longer configured closes. A request that came before the reload may be
 * sent long after it: its body has to arrive first, or a guard to decide. Idle connections end much earlier.
 */
const RETIREMENT = 600_000;

/** Keeps targets, with their pools and state, across reloads: what is configured the same stays the same object. */
@Injectable()
export class ServiceDirectory implements OnApplicationShutdown {
  #targets = new Map<string, Target>();
  #services: Services = new Map();
  readonly #retired = new Map<Target, NodeJS.Timeout>();

  /** The services in force. */
  get services(): Services {
    return this.#services;
  }

  /**
   * Builds the services of a configuration, reusing what is unchanged. Nothing takes effect before `adopt`.
   * @throws Error when an address is refused.
   */
  build(configs: Readonly<Record<string, ServiceConfig>>, extensions: ExtensionRegistry, surroundings: Surroundings): { services: Services; adopt: () => void } {
    const targets = new Map<string, Target>();
    const services = new Map<string, Service>();
    for (const [name, config] of Object.entries(configs)) {
      const own = config.targets.map((address) => {
        const { url, weight, zone, priority } = address;
        const key = JSON.stringify([name, url, weight, zone, priority, config.connections, config.allowPrivate]);
        const target = this.#targets.get(key) ?? targets.get(key) ?? this.#join(name, address, config, surroundings.clock);
        targets.set(key, target);
        return target;
      });
      const weigh = config.slowStart === 0 ? {} : { weigh: slowStart(config.slowStart, surroundings.clock) };
      const balancer = extensions.create('balancer', config.balance, { ...surroundings, ...weigh, name });
      services.set(name, Object.freeze({ name, targets: Object.freeze(own), balancer }));
    }
    return { services, adopt: () => this.#adopt(targets, services) };
  }

  /** A target that is new to a service in force is cold; one that only has other settings now is as warm as it was. */
  #join(service: string, address: TargetConfig, config: ServiceConfig, clock: Clock): Target {
    const target = openTarget(address, config);
    const before = this.#services.get(service);
    if (before) {
      const same = before.targets.find(({ url }) => url.href === target.url.href);
      target.since = same ? same.since : clock.elapsed();
    }
    return target;
  }

  #adopt(targets: Map<string, Target>, services: Services): void {
    const kept = new Set(targets.values());
    for (const target of this.#targets.values()) if (!kept.has(target)) this.#retire(target);
    this.#targets = targets;
    this.#services = services;
  }

  #retire(target: Target): void {
    const timer = setTimeout(() => {
      this.#retired.delete(target);
      void target.dispatcher.close();
    }, RETIREMENT);
    this.#retired.set(target, timer.unref());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#retired.values()) clearTimeout(timer);
    await Promise.all([...this.#targets.values(), ...this.#retired.keys()].map((target) => target.dispatcher.close()));
    this.#targets.clear();
    this.#retired.clear();
  }
}
