import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type AuditNotice, type Clock } from '#libs/kernel';
import { timeId } from '../auth/time-id.js';
import { auditSchema } from '../config/schema/audit.js';
import type { Database } from '../database/index.js';
import { Counts } from './counts.js';
import { Spool } from './spool.js';
import { Trail } from './trail.js';

/** A notice of something that was done; what is said of it counts. */
export function notice(more: Partial<AuditNotice> = {}): AuditNotice {
  return { action: 'login', outcome: 'done', actor: 'account:1', subject: 'account:1', client: '192.0.2.1', requestId: 'r-1', details: {}, ...more };
}

interface Line {
  readonly message: string;
  readonly head?: string;
}

interface Options {
  /** `audit:` of the file. */
  readonly config?: object;
  readonly clock?: Clock;
  readonly worker?: number;
}

/** Trails of several processes that share a folder. */
export class TrailRig implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'passerelle-audit-'));
  readonly lines: Line[] = [];
  readonly trails: Trail[] = [];

  /** One of them; it listens to nothing before `begin()`. */
  async open(database: Database, { clock = systemClock, config = {}, worker }: Options = {}): Promise<{ readonly trail: Trail; readonly spool: Spool }> {
    const spool = await Spool.open(this.folder, () => timeId(systemClock.now()));
    const line = (fields: object, message: string): void => void this.lines.push({ ...fields, message });
    const log = { info: line, warn: line, error: line } as unknown as ConstructorParameters<typeof Trail>[0]['log'];
    const trail = new Trail({ settings: auditSchema.parse(config), folder: this.folder, spool, database, clock, counts: new Counts(), log, worker: worker ?? null });
    this.trails.push(trail);
    return { trail, spool };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.trails.map((trail) => trail.close().catch(() => undefined)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
