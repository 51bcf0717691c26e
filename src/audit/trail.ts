import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditNotice, Clock } from '#libs/kernel';
import type { AuditConfig } from '../config/index.js';
import type { Database } from '../database/index.js';
import type { Logger } from '../telemetry/index.js';
import type { Link } from './chain.js';
import type { Counts } from './counts.js';
import { entryOf, type Entry } from './entry.js';
import { takeLeftovers, type Leftover } from './leftovers.js';
import { Pump } from './pump.js';
import { Recorder } from './recorder.js';
import { Retention } from './retention.js';
import type { Source } from './segments.js';
import type { Spool } from './spool.js';
import { Unwritten } from './unwritten.js';

/** Milliseconds between two looks for what processes have left that ended. */
const LOOK = 60_000;
/** Milliseconds between two times that the log is told where the chain ends. */
const TELL = 3_600_000;
/** From this share of its bound on, a spool takes no refusals. */
const RESERVED = 0.75;
/** Milliseconds that the end of the process waits for the database. */
const PATIENCE = 3_000;

export interface TrailParts {
  readonly settings: AuditConfig;
  /** Folder of all spools. */
  readonly folder: string;
  readonly spool: Spool;
  readonly database: Database;
  readonly clock: Clock;
  readonly counts: Counts;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly worker: number | null;
}

/** What was done, from the moment that it is told until it is in the database. */
export class Trail {
  readonly #recorder: Recorder;
  readonly #pump: Pump;
  readonly #unwritten = new Unwritten();
  readonly #retention: Retention;
  #leftovers: Leftover[] = [];
  #looking: Promise<void> = Promise.resolve();
  #timers: readonly NodeJS.Timeout[] = [];
  #end: Link | null = null;
  #told: Link | null = null;
  #lost = { count: 0, since: 0 };
  #warned = 0;

  constructor(private readonly parts: TrailParts) {
    const { clock, counts, database, settings, spool, worker } = parts;
    this.#recorder = new Recorder({ settings, clock, worker, record: (notice) => this.record(notice), merged: () => counts.merge() });
    this.#pump = new Pump({
      database, clock,
      sources: (): readonly Source[] => [...this.#leftovers, spool, this.#unwritten],
      written: (end) => this.#written(end),
      failed: (error) => this.#warn('The audit trail cannot be written to the database; entries wait in the spool', error),
    });
    this.#retention = new Retention(database, clock, settings.retention);
  }

  /** Hears what happens from now on. */
  begin(): void {
    this.#recorder.begin();
    this.#timers = [setInterval(() => this.#look(), LOOK).unref(), setInterval(() => this.#tell(), TELL).unref(), setInterval(() => this.#trim(), TELL).unref()];
    this.#look();
  }

  /** Records it, if the file wants it recorded. */
  note(notice: AuditNotice): void {
    this.#recorder.note(notice);
  }

  /** Over when the kernel has it. Never throws: what was done is done. */
  record(notice: AuditNotice): void {
    const { clock, counts, log, settings, spool } = this.parts;
    if (notice.outcome === 'refused' && spool.bytes > settings.spool * RESERVED) return this.#drop();
    const entry = entryOf(notice, clock.now());
    if (settings.log) log.info({ audit: entry }, 'audit');
    counts.add();
    this.#keep(entry);
    counts.spooled(spool.bytes);
    this.#pump.wake();
  }

  #keep(entry: Entry): void {
    try {
      this.parts.spool.append(JSON.stringify(entry));
    } catch (error) {
      this.#warn('The spool of the audit trail cannot be written; entries wait in memory', error);
      if (!this.#unwritten.add(entry)) this.#drop();
    }
  }

  #drop(): void {
    const { clock, counts } = this.parts;
    if (this.#lost.count === 0) this.#warn('There is no room for the audit trail: entries are lost', null);
    this.#lost = { count: this.#lost.count + 1, since: this.#lost.since || clock.now() };
    counts.drop();
  }

  #written(end: Link): void {
    const { counts, spool } = this.parts;
    const first = this.#end === null;
    this.#end = end;
    if (first) this.#tell();
    counts.spooled(spool.bytes);
    const { count, since } = this.#lost;
    if (count === 0) return;
    this.#lost = { count: 0, since: 0 };
    this.record({ action: 'audit.lost', outcome: 'failed', actor: null, subject: null, client: null, requestId: null, details: { count, since: new Date(since).toISOString() } });
  }

  /** Where the chain ends: whoever keeps the log elsewhere can prove that nothing before it was changed. */
  #tell(): void {
    if (this.#end === null || this.#end === this.#told) return;
    this.#told = this.#end;
    this.parts.log.info({ head: `${this.#end.seq}:${this.#end.hash}` }, 'the audit trail reaches to here');
  }

  #look(): void {
    const { folder, spool } = this.parts;
    this.#looking = this.#looking.then(async () => {
      const known = new Set([spool.id, ...this.#leftovers.map(({ id }) => id)]);
      this.#leftovers.push(...await takeLeftovers(folder, known));
      if (this.#leftovers.length === 0) return;
      await this.#pump.flush();
      for (const leftover of this.#leftovers) {
        if (await leftover.next() !== null) continue;
        this.#leftovers = this.#leftovers.filter((each) => each !== leftover);
        leftover.remove();
      }
    }).catch((error: unknown) => this.#warn('What other processes have left of the audit trail cannot be read', error));
  }

  #trim(): void {
    if (this.parts.database.away === null) this.#retention.run().catch((error: unknown) => this.#warn('Old entries of the audit trail cannot be deleted', error));
  }

  /** Once a minute at most. */
  #warn(message: string, error: unknown): void {
    const { clock, log } = this.parts;
    const now = clock.elapsed();
    if (this.#warned > 0 && now - this.#warned < LOOK) return;
    this.#warned = now;
    log.error(error === null ? {} : { err: error }, message);
  }

  /** Over once what was recorded is in the database, or cannot be brought there now. Never rejects. */
  async flush(): Promise<void> {
    await this.#looking;
    await this.#pump.flush();
  }

  /** Hears nothing more. What does not get into the database in time is for whoever looks next. */
  async close(): Promise<void> {
    this.#recorder.end();
    for (const timer of this.#timers) clearInterval(timer);
    this.#pump.end();
    await Promise.race([this.flush(), sleep(PATIENCE, undefined, { ref: false })]);
    this.#tell();
    for (const leftover of this.#leftovers) leftover.release();
    this.parts.spool.close();
  }
}
