import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Balancer, ExtensionRegistry, Service, Surroundings, Target } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { openTarget } from './targets.js';

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
  readonly #retired = new Map<Target, NodeJS.Timeout>();

  /**
   * Builds the services of a configuration, reusing what is unchanged. Nothing takes effect before `adopt`.
   * @throws Error when an address is refused.
   */
  build(configs: Readonly<Record<string, ServiceConfig>>, extensions: ExtensionRegistry, surroundings: Surroundings): { services: Services; adopt: () => void } {
    const targets = new Map<string, Target>();
    const services = new Map<string, Service>();
    for (const [name, config] of Object.entries(configs)) {
      const own = config.targets.map(({ url, weight }) => {
        const key = JSON.stringify([name, url, weight, config.connections, config.allowPrivate]);
        const target = this.#targets.get(key) ?? targets.get(key) ?? openTarget(url, weight, config);
        targets.set(key, target);
        return target;
      });
      const balancer: Balancer = extensions.create('balancer', config.balance, surroundings);
      services.set(name, Object.freeze({ name, targets: Object.freeze(own), balancer }));
    }
    return { services, adopt: () => this.#adopt(targets) };
  }

  #adopt(next: Map<string, Target>): void {
    const kept = new Set(next.values());
    for (const target of this.#targets.values()) if (!kept.has(target)) this.#retire(target);
    this.#targets = next;
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
