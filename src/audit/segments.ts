import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseLine, type Entry } from './entry.js';

/** Bytes read at once. No line is as long. */
const CHUNK = 262_144;
const LINE_FEED = 10;
const MOST = 200;

/** Entries that are to go into the database. */
export interface Batch {
  readonly entries: readonly Entry[];
  /** They are there: they need not be kept any longer. */
  done(): void;
}

/** Where entries wait. */
export interface Source {
  /** The oldest; `null` when there are none. */
  next(): Promise<Batch | null>;
}

export interface Segment {
  readonly file: string;
  /** Bytes in it. */
  size: number;
  /** Bytes of it that are in the database. */
  taken: number;
}

/** The files of a spool, oldest first, one JSON object a line. */
export class Segments implements Source {
  readonly all: Segment[] = [];

  /** Bytes that are not in the database yet. */
  get bytes(): number {
    return this.all.reduce((sum, { size, taken }) => sum + size - taken, 0);
  }

  async next(): Promise<Batch | null> {
    for (let segment = this.all[0]; segment !== undefined; segment = this.all[0]) {
      const batch = await this.#read(segment);
      if (batch !== null) return batch;
      // What is left has no end: its writer died in the middle of it, and told nobody that it was done.
      if (this.all.length === 1) return null;
      this.#remove(segment);
    }
    return null;
  }

  async #read(segment: Segment): Promise<Batch | null> {
    const bytes = await read(segment);
    let end = 0;
    const entries: Entry[] = [];
    while (entries.length < MOST) {
      const feed = bytes.indexOf(LINE_FEED, end);
      if (feed < 0) break;
      const entry = parseLine(bytes.toString('utf8', end, feed));
      if (entry !== null) entries.push(entry);
      end = feed + 1;
    }
    if (end === 0) return null;
    return { entries, done: () => this.#take(segment, end) };
  }

  #take(segment: Segment, bytes: number): void {
    segment.taken += bytes;
    if (segment.taken >= segment.size) this.#remove(segment);
  }

  #remove(segment: Segment): void {
    if (!this.spent(segment)) return;
    this.all.splice(this.all.indexOf(segment), 1);
    rmSync(segment.file, { force: true });
  }

  /** Called with a segment that nothing is left of. @returns whether it can go. */
  protected spent(_segment: Segment): boolean {
    return true;
  }
}

async function read({ file, size, taken }: Segment): Promise<Buffer> {
  const length = Math.min(CHUNK, size - taken);
  if (length <= 0) return Buffer.alloc(0);
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    // Whoever had it before has just brought the last of it into the database.
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, taken);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
