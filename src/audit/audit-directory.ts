import path from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Problem, problems, type AuditNotice, type Clock, type ReloadReport } from '#libs/kernel';
import { timeId } from '../auth/time-id.js';
import { Fleet } from '../cluster/index.js';
import { fingerprint, type GatewayConfig } from '../config/index.js';
import type { Database } from '../database/index.js';
import { LOGGER, type Logger } from '../telemetry/index.js';
import { Counts } from './counts.js';
import { Early } from './early.js';
import type { Trail } from './trail.js';

export interface AuditInput {
  readonly config: GatewayConfig;
  /** `null` where nothing of the configuration needs one. */
  readonly database: Database | null;
  readonly clock: Clock;
}

/** The trail of a configuration that is not yet in force. */
export interface BuiltAudit {
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

interface Held {
  readonly settings: string;
  readonly database: Database;
  readonly trail: Trail;
}

/** Keeps the trail across reloads that leave its settings as they are. */
@Injectable()
export class AuditDirectory implements OnApplicationShutdown {
  readonly #counts = new Counts();
  readonly #ending = new Set<Promise<void>>();
  #held: Held | null = null;
  #started = false;

  constructor(private readonly fleet: Fleet, @Inject(LOGGER) private readonly log: Logger) {}

  /** @throws Problem route-not-found where the file has no `audit`. */
  get database(): Database {
    if (this.#held === null) throw new Problem(problems.routeNotFound, 'This gateway records nothing: its file has no `audit`.');
    return this.#held.database;
  }

  /** Over once what this process has recorded can be found, or the database is away. Never rejects. */
  async flush(): Promise<void> {
    await this.#held?.trail.flush();
  }

  /**
   * Makes it ready; where the file has no `audit`, nothing is loaded.
   * @throws Error by rejection, in words for the user, when its folder cannot be written to.
   */
  async prepare(input: AuditInput): Promise<BuiltAudit> {
    const held = await this.#hold(input);
    const early = held !== null && this.#held === null ? new Early() : null;
    return {
      adopt: () => {
        this.#adopt(held, input.config);
        for (const notice of early?.end() ?? []) held?.trail.note(notice);
      },
      discard: () => {
        early?.end();
        if (held !== this.#held) void held?.trail.close();
      },
    };
  }

  async #hold({ clock, config, database }: AuditInput): Promise<Held | null> {
    if (config.audit === undefined || database === null) return null;
    const folder = path.resolve(path.dirname(config.file), config.audit.data, 'audit');
    const settings = fingerprint([config.audit, folder]);
    if (this.#held?.settings === settings && this.#held.database === database) return this.#held;
    const [{ Spool }, { Trail }] = await Promise.all([import('./spool.js'), import('./trail.js')]);
    const spool = await Spool.open(folder, () => timeId(clock.now())).catch((error: unknown) => {
      throw new Error(`audit.data: ${folder} cannot be written to: ${(error as Error).message}`, { cause: error });
    });
    const trail = new Trail({ settings: config.audit, folder, spool, database, clock, counts: this.#counts, log: this.log, worker: this.fleet.worker });
    return { settings, database, trail };
  }

  /** Not for a moment is nobody listening. Whoever turns it off is the last that is heard of. */
  #adopt(held: Held | null, { hash }: GatewayConfig): void {
    const former = this.#held;
    const first = !this.#started;
    this.#started = true;
    if (held === former) return;
    this.#held = held;
    if (held === null) former?.trail.note(this.#notice('audit.stop', hash));
    held?.trail.begin();
    if (former === null) held?.trail.note(this.#notice(first ? 'gateway.start' : 'audit.start', hash));
    if (former === null) return;
    const end = former.trail.close();
    this.#ending.add(end);
    void end.finally(() => this.#ending.delete(end));
  }

  /** The supervisor found out that a file is wrong: it tells its workers, and has no trail of its own. */
  failed(outcome: 'load-failed' | 'apply-failed', { errors, file }: ReloadReport): void {
    if (outcome === 'load-failed') this.#held?.trail.note({ ...this.#notice('configuration.load', null), outcome: 'failed', details: { file, errors: errors.length, worker: this.fleet.worker } });
  }

  #notice(action: string, version: string | null): AuditNotice {
    const { worker } = this.fleet;
    const subject = version === null ? null : `configuration:${version}`;
    return { action, outcome: 'done', actor: null, subject, client: null, requestId: null, details: { process: process.pid, ...(worker !== null && { worker }) } };
  }

  /** The database closes after this room, which needs it. */
  async onApplicationShutdown(): Promise<void> {
    this.#held?.trail.note(this.#notice('gateway.stop', null));
    await Promise.all([...this.#ending, this.#held?.trail.close()]);
    this.#held = null;
  }
}
