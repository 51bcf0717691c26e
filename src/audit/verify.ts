import type { AuditTable, Database } from '../database/index.js';
import { anchorOf } from './anchor.js';
import { hashOf, type Link } from './chain.js';

const PAGE = 1_000;
/** Breaks that are told; who has changed as much is found out. */
const TOLD = 20;

/** A place where the chain is not as it was written. */
export interface Break {
  readonly seq: number;
  readonly what: string;
}

export interface Verdict {
  readonly ok: boolean;
  /** How many there are. */
  readonly entries: number;
  /** Those up to this one were deleted for their age; 0 for none. */
  readonly deletedUntil: number;
  /** Where the chain ends: `seq:hash`. Noted elsewhere, it proves later that nothing up to it was changed. */
  readonly head: string;
  /** The first of them. */
  readonly breaks: readonly Break[];
  /** What became of the head that was noted; `null` where none was. */
  readonly noted: 'found' | 'missing' | 'deleted' | null;
}

/** A head as somebody noted it: `seq:hash`, or the hash alone. */
export interface NotedHead {
  readonly seq: number | null;
  readonly hash: string;
}

/** @returns `null` for a text that is none. */
export function parseHead(text: string): NotedHead | null {
  const [, seq, hash] = /^(?:(\d{1,15}):)?([\da-f]{64})$/.exec(text) ?? [];
  return hash === undefined ? null : { seq: seq === undefined ? null : Number(seq), hash };
}

/**
 * Walks along the whole chain, page by page.
 * @param halted asked before each page, so that nobody walks on for whoever has left.
 * @throws Problem database-away by rejection.
 */
export async function verify(database: Database, noted: NotedHead | null = null, halted: () => boolean = () => false): Promise<Verdict> {
  const walk = new Walk(await database.run(anchorOf), noted);
  for (let rows = await page(database, walk.last.seq); rows.length > 0 && !halted(); rows = await page(database, walk.last.seq)) {
    for (const row of rows) {
      if (row.seq === walk.last.seq + 1 || !await forward(database, walk)) walk.step(row);
      else break;
    }
  }
  return walk.verdict;
}

/** Old entries may be deleted while we walk. @returns whether that is what has happened here. */
async function forward(database: Database, walk: Walk): Promise<boolean> {
  const anchor = await database.run(anchorOf);
  if (anchor.seq <= walk.last.seq) return false;
  walk.begin(anchor);
  return true;
}

function page(database: Database, after: number): Promise<AuditTable[]> {
  return database.run((db) => db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(PAGE).execute());
}

class Walk {
  last: Link;
  #anchor: Link;
  #entries = 0;
  #found = false;
  readonly #breaks: Break[] = [];

  constructor(anchor: Link, private readonly noted: NotedHead | null) {
    this.last = anchor;
    this.#anchor = anchor;
    this.#look(anchor);
  }

  begin(anchor: Link): void {
    this.last = anchor;
    this.#anchor = anchor;
  }

  step(row: AuditTable): void {
    const { last } = this;
    if (row.seq !== last.seq + 1) this.#break(last.seq + 1, row.seq === last.seq + 2 ? 'the entry is missing' : `the entries up to ${row.seq - 1} are missing`);
    else if (row.previous_hash !== last.hash) this.#break(row.seq, 'the entry does not follow the one before it');
    if (hashOf(row) !== row.hash) this.#break(row.seq, 'the entry was changed');
    this.last = { seq: row.seq, hash: row.hash };
    this.#entries++;
    this.#look(this.last);
  }

  #look({ hash, seq }: Link): void {
    if (this.noted?.hash === hash && (this.noted.seq === null || this.noted.seq === seq)) this.#found = true;
  }

  #break(seq: number, what: string): void {
    if (this.#breaks.length < TOLD) this.#breaks.push({ seq, what });
  }

  get verdict(): Verdict {
    const noted = this.#became();
    return {
      ok: this.#breaks.length === 0 && noted !== 'missing', entries: this.#entries, deletedUntil: this.#anchor.seq,
      head: `${this.last.seq}:${this.last.hash}`, breaks: this.#breaks, noted,
    };
  }

  #became(): Verdict['noted'] {
    if (this.noted === null) return null;
    if (this.#found) return 'found';
    return this.noted.seq !== null && this.noted.seq < this.#anchor.seq ? 'deleted' : 'missing';
  }
}
