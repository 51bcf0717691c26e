import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, systemClock } from '#libs/kernel';
import { ConfigStore, type Image } from '../config/index.js';
import { compileEdge } from '../http/edge.js';
import { FrontDoor } from '../http/front-door.js';
import { randomHex } from '../http/random-hex.js';
import { TracingDirectory, type BuiltTracing } from '../telemetry/tracing/index.js';
import { compileSnapshot } from './compile-snapshot.js';
import { explainDebugged } from './debugged-routes.js';
import { GroundworkService, type Groundwork } from './groundwork.js';

/** Turns the configuration the store holds into the snapshot in force, whole or not at all. */
@Injectable()
export class SnapshotService implements OnApplicationShutdown {
  #reloading: Promise<boolean> = Promise.resolve(false);
  #snapshot: ReturnType<typeof compileSnapshot> | null = null;
  readonly #unsubscribe = explainDebugged(() => this.#snapshot);

  constructor(
    private readonly store: ConfigStore,
    private readonly groundwork: GroundworkService,
    private readonly door: FrontDoor,
    private readonly tracing: TracingDirectory,
  ) {}

  /**
   * Compiles what the store holds and puts it in force.
   * @throws Error by rejection when it cannot be compiled; what was in force stays.
   */
  async apply(): Promise<void> {
    const { config } = this.store.current;
    const report = { file: config.file, version: config.hash };
    let groundwork: Groundwork | null = null;
    let tracing: BuiltTracing | null = null;
    try {
      tracing = await this.tracing.prepare({ config, clock: systemClock, hex: randomHex });
      groundwork = await this.groundwork.prepare(this.store.current);
      this.#enter(groundwork);
      tracing.adopt();
    } catch (error) {
      tracing?.discard();
      groundwork?.discard();
      events.configurationApplyFailed.publish({ ...report, errors: [(error as Error).message] });
      throw error;
    }
    events.configurationApplied.publish({ ...report, errors: [] });
  }

  /** At once: there is no moment at which routes of one configuration meet services of another. */
  #enter(groundwork: Groundwork): void {
    const { ground, adopt } = groundwork.build();
    const snapshot = compileSnapshot(ground);
    this.door.enter(compileEdge(ground.config), snapshot);
    this.#snapshot = snapshot;
    adopt();
  }

  /**
   * Loads the file again and applies it, one call after the other. What is wrong changes nothing; listeners of the events
   * are told why.
   * @param image what another process found on the disk, to go by instead.
   * @returns whether another configuration is in force now.
   */
  reload(image?: Image): Promise<boolean> {
    const reload = this.#reloading.then(() => this.#reload(image));
    this.#reloading = reload.catch(() => false);
    return reload;
  }

  async #reload(image?: Image): Promise<boolean> {
    if (!(await this.store.reload(image))) return false;
    try {
      await this.apply();
      return true;
    } catch {
      this.store.undo();
      return false;
    }
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
