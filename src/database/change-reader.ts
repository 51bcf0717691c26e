import type { Clock } from '#libs/kernel';
import type { Change } from './changes.js';
import type { Database } from './database.js';

/** Changes read at once. */
const PAGE = 500;
/** How far below the highest number those are looked for that are not there yet. */
const LOOK_BACK = 500;
/** Milliseconds after which a number that is still missing will not come: its transaction was undone. */
const PATIENCE = 15_000;
/** Milliseconds that changes are kept. */
const DAY = 86_400_000;

/**
 * Reads the changes, each once. PostgreSQL gives a number when a row is written, but shows the row when its transaction
 * ends: a number that was passed over is asked for again, until its transaction cannot be under way any more.
 */
export class ChangeReader {
  #top = 0;
  /** Numbers that were missing, and since when. */
  readonly #missing = new Map<number, number>();

  constructor(private readonly database: Database, private readonly clock: Clock) {}

  /** Begins after what is there now. */
  async begin(): Promise<void> {
    const rows = await this.database.run((db) => db.selectFrom('changes').select('seq').orderBy('seq', 'desc').limit(LOOK_BACK).execute());
    const there = new Set(rows.map(({ seq }) => seq));
    this.#top = rows[0]?.seq ?? 0;
    this.#missing.clear();
    for (let seq = this.#top - 1; seq > Math.max(0, this.#top - LOOK_BACK); seq--) if (!there.has(seq)) this.#miss(seq);
  }

  /** What has come since the last time, in the order of the numbers; a page of it. */
  async read(): Promise<{ readonly changes: readonly Change[]; readonly more: boolean }> {
    const now = this.clock.elapsed();
    for (const [seq, since] of this.#missing) if (now - since > PATIENCE) this.#missing.delete(seq);
    const missing = [...this.#missing.keys()];
    const rows = await this.database.run((db) => db.selectFrom('changes').select(['seq', 'kind', 'subject', 'body'])
      .where((where) => (missing.length === 0 ? where('seq', '>', this.#top) : where.or([where('seq', '>', this.#top), where('seq', 'in', missing)])))
      .orderBy('seq').limit(PAGE).execute());
    for (const { seq } of rows) this.#pass(seq);
    return { changes: rows.map(({ body, ...row }) => ({ ...row, body: JSON.parse(body) as unknown })), more: rows.length === PAGE };
  }

  #pass(seq: number): void {
    this.#missing.delete(seq);
    if (seq < this.#top) return;
    for (let passed = Math.max(this.#top + 1, seq - LOOK_BACK); passed < seq; passed++) this.#miss(passed);
    this.#top = seq;
  }

  /** SQLite lets one write at a time: what is missing there was undone. */
  #miss(seq: number): void {
    if (this.database.kind === 'postgres') this.#missing.set(seq, this.clock.elapsed());
  }

  /** Deletes what everybody has had the time to read. */
  async sweep(): Promise<void> {
    const before = this.clock.now() - DAY;
    await this.database.run((db) => db.deleteFrom('changes').where('at', '<', before).execute());
  }
}
