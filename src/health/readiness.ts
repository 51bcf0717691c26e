import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { events, type Clock, type ReloadReport } from '#libs/kernel';

/** A reload that changed nothing; what is wrong is in the log, not for everybody to read. */
export interface FailedReload {
  readonly outcome: 'load-failed' | 'apply-failed';
  /** ISO 8601. */
  readonly at: string;
  /** How many things are wrong. */
  readonly errors: number;
}

/** Whether this instance wants requests: once a configuration is in force, until it shuts down. */
export class Readiness implements OnModuleDestroy, OnApplicationShutdown {
  #applied = false;
  #draining = false;
  #failed: FailedReload | null = null;
  readonly #unsubscribe = [
    events.configurationApplied.subscribe(() => {
      this.#applied = true;
      this.#failed = null;
    }),
    events.configurationLoadFailed.subscribe((report) => this.failed('load-failed', report)),
    events.configurationApplyFailed.subscribe((report) => this.failed('apply-failed', report)),
  ];

  constructor(private readonly clock: Clock) {}

  get ready(): boolean {
    return this.#applied && !this.#draining;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** The last reload, if it failed. */
  get failedReload(): FailedReload | null {
    return this.#failed;
  }

  /** Asks balancers in front to send no more; requests are still answered. */
  drain(): void {
    this.#draining = true;
  }

  /** A reload changed nothing. */
  failed(outcome: FailedReload['outcome'], { errors }: ReloadReport): void {
    this.#failed = { outcome, at: new Date(this.clock.now()).toISOString(), errors: errors.length };
  }

  onModuleDestroy(): void {
    this.drain();
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
