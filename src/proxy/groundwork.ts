import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { systemClock, type Surroundings } from '#libs/kernel';
import type { LoadedConfig } from '../config/index.js';
import { DiscoveryService } from '../discovery/index.js';
import { compileTrust } from '../http/trusted-proxies.js';
import { ResilienceDirectory } from '../resilience/index.js';
import { ServiceDirectory } from '../services/index.js';
import { compileAuthenticators } from './compile-snapshot.js';
import type { Ground } from './ground.js';
import { Stores } from './stores.js';

/** The ground of one configuration, not yet in force. */
export interface Groundwork {
  /**
   * Builds it, reusing what is unchanged.
   * @throws Error when an option is refused only now.
   */
  build(): { readonly ground: Ground; readonly adopt: () => void };
  /** Frees it; it came to nothing. */
  discard(): void;
}

/** Prepares what the routes of a configuration are compiled on: services and where they are, their state, who may call. */
@Injectable()
export class GroundworkService {
  /** For what extensions ask of Nest. */
  @Inject() private readonly modules!: ModuleRef;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly services: ServiceDirectory,
    private readonly states: ResilienceDirectory,
    private readonly stores: Stores,
  ) {}

  /** Asks the registries it names, and waits a little for them. */
  async prepare({ config, extensions }: LoadedConfig): Promise<Groundwork> {
    const around: Omit<Surroundings, 'resolve'> = { folder: path.dirname(config.file), clock: systemClock, random: Math.random, trusts: compileTrust(config.forwarded.trust) };
    const provider = <T>(token: unknown): T => this.modules.get(token as string, { strict: false });
    const searches = await this.discovery.prepare(config.services, extensions, { ...around, resolve: provider });
    const ahead = await this.stores.prepare(config, around.clock).catch((error: unknown) => {
      searches.discard();
      throw error;
    });
    const surroundings: Surroundings = { ...around, resolve: <T>(token: unknown) => (ahead.provided.get(token) ?? provider(token)) as T };
    return {
      build: () => {
        const { services, adopt } = this.services.build({ configs: config.services, whereabouts: searches.whereabouts, extensions, surroundings });
        const { resilience, adopt: adoptStates } = this.states.build(surroundings.clock);
        const { stores, adopt: adoptStores } = ahead.build();
        const base = { config, services, resilience, extensions, surroundings };
        const access = { authenticators: compileAuthenticators(base), roles: config.roles };
        const adoptAll = (): void => {
          adopt();
          adoptStates();
          adoptStores();
          searches.adopt();
        };
        return { ground: { ...base, access, ...stores }, adopt: adoptAll };
      },
      discard: () => {
        ahead.discard();
        searches.discard();
      },
    };
  }
}
