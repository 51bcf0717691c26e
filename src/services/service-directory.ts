import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { slowStart } from '#libs/balancing';
import { events, type Address, type Clock, type ExtensionRegistry, type Surroundings, type Target } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { assertPlain } from './address-guard.js';
import { LiveService, type Whereabouts } from './live-service.js';
import { Retirement } from './retirement.js';
import { openTarget, targetKey } from './targets.js';

/** The services of one snapshot by name. */
export type Services = ReadonlyMap<string, LiveService>;

/** What services are built from. */
export interface Plan {
  readonly configs: Readonly<Record<string, ServiceConfig>>;
  /** What registries said, by service. */
  readonly whereabouts: ReadonlyMap<string, Whereabouts>;
  readonly extensions: ExtensionRegistry;
  readonly surroundings: Surroundings;
}

/** The targets a service is to have, by key, with their places. */
type Staff = ReadonlyMap<string, { readonly target: Target; readonly address: Address }>;

const NOWHERE: Whereabouts = { found: null, stale: null };

/** Keeps targets, with their connections and state, across reloads: what is configured the same stays the same object. */
@Injectable()
export class ServiceDirectory implements OnApplicationShutdown {
  #services: Services = new Map();
  #targets: ReadonlyMap<string, Target> = new Map();
  readonly #retirement = new Retirement();

  /** The services in force. */
  get services(): Services {
    return this.#services;
  }

  /**
   * Builds the services of a configuration, reusing what is unchanged. Nothing takes effect before `adopt`.
   * @throws Error when an address of the file is refused; those of a registry are left out.
   */
  build({ configs, whereabouts, extensions, surroundings }: Plan): { services: Services; adopt: () => void } {
    const staffs = new Map<LiveService, Staff>();
    for (const [name, config] of Object.entries(configs)) {
      const weigh = config.slowStart === 0 ? {} : { weigh: slowStart(config.slowStart, surroundings.clock) };
      const balancer = extensions.create('balancer', config.balance, { ...surroundings, ...weigh, name });
      const known = whereabouts.get(name) ?? NOWHERE;
      const service = new LiveService(name, config, balancer, known);
      const staff = known.found === null ? this.#staff(service, config.targets, surroundings.clock) : this.#admissible(service, known.found, surroundings.clock).staff;
      service.targets = targetsOf(staff);
      staffs.set(service, staff);
    }
    const services = new Map([...staffs.keys()].map((service) => [service.name, service]));
    return { services, adopt: () => this.#adopt(services, staffs) };
  }

  /**
   * Gives a service in force the targets its registry has found.
   * @returns what is wrong with addresses that were left out.
   */
  found(name: string, addresses: readonly Address[], clock: Clock): readonly string[] {
    const service = this.#services.get(name);
    if (!service) return [];
    const { refused, staff } = this.#admissible(service, addresses, clock);
    const [before, stale] = [service.targets, service.stale];
    service.unfound = false;
    service.stale = null;
    if (stale !== null) events.discoveryChanged.publish({ service: name, stale: null });
    this.#settle(new Map([...this.#targets].filter(([, target]) => !before.includes(target))), new Map([[service, staff]]));
    service.targets = targetsOf(staff);
    events.targetsChanged.publish(service);
    return refused;
  }

  /** The registry of a service in force is gone; its last known targets go on serving. */
  lost(name: string, why: string): void {
    const service = this.#services.get(name);
    if (!service || service.stale === why) return;
    service.stale = why;
    events.discoveryChanged.publish({ service: name, stale: why });
  }

  #staff({ name, config }: LiveService, addresses: readonly Address[], clock: Clock): Staff {
    return new Map(addresses.map((address) => {
      const key = targetKey(name, address.url, config);
      return [key, { address, target: this.#targets.get(key) ?? this.#retirement.of(key) ?? this.#join(name, address, config, clock) }];
    }));
  }

  /** What a registry says is not ours to vouch for: an address that is refused is left out, the others serve. */
  #admissible(service: LiveService, addresses: readonly Address[], clock: Clock): { staff: Staff; refused: readonly string[] } {
    const refused: string[] = [];
    const staff = addresses.flatMap((address) => {
      try {
        assertPlain(address.url);
        return [...this.#staff(service, [address], clock)];
      } catch (error) {
        refused.push((error as Error).message);
        return [];
      }
    });
    return { staff: new Map(staff), refused };
  }

  /** A target that is new to a service in force is cold; one that only has other settings now is as warm as it was, and has had its tries. */
  #join(service: string, address: Address, config: ServiceConfig, clock: Clock): Target {
    const target = openTarget(address, config);
    const before = this.#services.get(service)?.targets ?? [];
    if (before.length > 0) {
      const same = before.find(({ url }) => url.href === target.url.href);
      target.since = same ? same.since : clock.elapsed();
      // Counters do not go down.
      if (same) [target.ok, target.failed] = [same.ok, same.failed];
    }
    return target;
  }

  #adopt(services: Services, staffs: ReadonlyMap<LiveService, Staff>): void {
    this.#services = services;
    this.#settle(new Map(), staffs);
  }

  /** Puts staffs in force beside the targets that stay as they are; whoever is in neither retires. */
  #settle(staying: ReadonlyMap<string, Target>, staffs: ReadonlyMap<LiveService, Staff>): void {
    const next = new Map(staying);
    for (const staff of staffs.values()) {
      for (const [key, { address, target }] of staff) {
        target.place(address);
        this.#retirement.recall(key);
        next.set(key, target);
      }
    }
    for (const [key, target] of this.#targets) if (next.get(key) !== target) this.#retirement.take(key, target);
    this.#targets = next;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.#targets.values()].map((target) => target.dispatcher.close()).concat(this.#retirement.end()));
    this.#targets = new Map();
  }
}

function targetsOf(staff: Staff): readonly Target[] {
  return Object.freeze([...staff.values()].map(({ target }) => target));
}
