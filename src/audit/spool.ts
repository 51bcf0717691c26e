import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { lockFile } from './file-lock.js';
import { Segments, type Segment } from './segments.js';

/** Bytes after which another file is begun, so that what is in the database can go. */
const SEGMENT = 1_048_576;

type Lock = NonNullable<Awaited<ReturnType<typeof lockFile>>>;

/**
 * What one process has recorded and the database does not have yet. It is written before anybody is told that something
 * was done: the kernel has it then, and whatever becomes of the process, the next one finds it.
 */
export class Spool extends Segments {
  #fd = -1;
  #next = 0;

  private constructor(private readonly folder: string, readonly id: string, private readonly lock: Lock) {
    super();
  }

  /**
   * Begins one in a folder, which is made if need be.
   * @param makeId makes a name nobody else has.
   * @throws Error when it cannot be written to.
   */
  static async open(folder: string, makeId: () => string): Promise<Spool> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const id = makeId();
      const lock = await lockFile(lockOf(folder, id));
      if (lock === null) continue;
      // Somebody who looks for what the dead have left may have been between making the file and locking it.
      if (!await access(lockOf(folder, id)).then(() => true, () => false)) {
        lock.release();
        continue;
      }
      const spool = new Spool(folder, id, lock);
      spool.#begin();
      return spool;
    }
  }

  /** Writes a line. @throws Error when the disk does not take it; nothing of it is there then. */
  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    let segment = this.all.at(-1);
    if (segment === undefined || segment.size + bytes.byteLength > SEGMENT) segment = this.#begin();
    let written = 0;
    try {
      while (written < bytes.byteLength) written += writeSync(this.#fd, bytes, written);
    } catch (error) {
      if (written > 0) ftruncateSync(this.#fd, segment.size);
      throw error;
    }
    segment.size += written;
  }

  #begin(): Segment {
    const file = path.join(this.folder, `${this.id}.${String(this.#next++).padStart(9, '0')}.jsonl`);
    const fd = openSync(file, 'ax', 0o600);
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = fd;
    const segment: Segment = { file, size: 0, taken: 0 };
    this.all.push(segment);
    return segment;
  }

  /** The one that is written to is used again. Nothing happens between the look at it and this. */
  protected override spent(segment: Segment): boolean {
    if (this.#fd < 0) return false;
    if (segment !== this.all.at(-1)) return true;
    if (segment.size === 0) return false;
    ftruncateSync(this.#fd, 0);
    Object.assign(segment, { size: 0, taken: 0 });
    return false;
  }

  /** Ends it. What is left in it is for whoever looks next. */
  close(): void {
    closeSync(this.#fd);
    this.#fd = -1;
    if (this.bytes === 0) {
      for (const { file } of this.all) rmSync(file, { force: true });
      rmSync(lockOf(this.folder, this.id), { force: true });
    }
    this.lock.release();
  }
}

export function lockOf(folder: string, id: string): string {
  return path.join(folder, `${id}.lock`);
}
