import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { events, systemClock, type Surroundings } from '#libs/kernel';
import { ConfigStore } from '../config/index.js';
import { compileEdge } from '../http/edge.js';
import { FrontDoor } from '../http/front-door.js';
import { ResilienceDirectory } from '../resilience/index.js';
import { ServiceDirectory } from '../services/index.js';
import { compileAuthenticators, compileSnapshot } from './compile-snapshot.js';

/** Turns the configuration the store holds into the snapshot in force, whole or not at all. */
@Injectable()
export class SnapshotService {
  readonly #surroundings: Surroundings;
  readonly #states = new ResilienceDirectory();

  constructor(
    private readonly store: ConfigStore,
    private readonly services: ServiceDirectory,
    private readonly door: FrontDoor,
    modules: ModuleRef,
  ) {
    this.#surroundings = { clock: systemClock, random: Math.random, resolve: (token) => modules.get(token as string, { strict: false }) };
  }

  /**
   * Compiles what the store holds and puts it in force.
   * @throws Error when it cannot be compiled; what was in force stays.
   */
  apply(): void {
    const { config, extensions } = this.store.current;
    const surroundings = this.#surroundings;
    try {
      const { services, adopt } = this.services.build(config.services, extensions, surroundings);
      const { resilience, adopt: adoptStates } = this.#states.build(surroundings.clock);
      const base = { config, services, resilience, extensions, surroundings };
      const access = { authenticators: compileAuthenticators(base), roles: config.roles };
      const snapshot = compileSnapshot({ ...base, access });
      this.door.enter(compileEdge(config), snapshot);
      adopt();
      adoptStates();
    } catch (error) {
      events.configurationApplyFailed.publish({ file: config.file, version: config.hash, errors: [(error as Error).message] });
      throw error;
    }
    events.configurationApplied.publish({ file: config.file, version: config.hash, errors: [] });
  }

  /**
   * Loads the file again and applies it. What is wrong changes nothing; listeners of the events are told why.
   * @returns whether another configuration is in force now.
   */
  async reload(): Promise<boolean> {
    if (!(await this.store.reload())) return false;
    try {
      this.apply();
      return true;
    } catch {
      this.store.undo();
      return false;
    }
  }
}
