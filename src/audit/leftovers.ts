import { rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { lockFile } from './file-lock.js';
import { Segments } from './segments.js';
import { lockOf } from './spool.js';

/** The spool of a process that ended before all of it was in the database. */
export class Leftover extends Segments {
  constructor(private readonly folder: string, readonly id: string, private readonly lock: { release(): void }) {
    super();
  }

  /** All of it is in the database: nothing stays. */
  remove(): void {
    // The lock goes last: without it somebody might think that there is something to take over.
    for (const { file } of this.all.splice(0)) rmSync(file, { force: true });
    rmSync(lockOf(this.folder, this.id), { force: true });
    this.lock.release();
  }

  /** Leaves it as it is, for whoever looks next. */
  release(): void {
    this.lock.release();
  }
}

/**
 * Takes over what processes have left that live no more. Nobody else can then; who lives has locked his own.
 * @param known ids of those that this process has.
 */
export async function takeLeftovers(folder: string, known: ReadonlySet<string>): Promise<Leftover[]> {
  const names = await readdir(folder);
  const ids = new Set(names.flatMap((name) => /^([\da-f-]{36})\.(?:lock|\d+\.jsonl)$/.exec(name)?.[1] ?? []));
  const taken: Leftover[] = [];
  for (const id of ids) {
    const lock = known.has(id) ? null : await lockFile(lockOf(folder, id));
    if (lock !== null) taken.push(leftoverOf({ folder, id, lock }, await readdir(folder)));
  }
  return taken;
}

function leftoverOf({ folder, id, lock }: { folder: string; id: string; lock: { release(): void } }, names: readonly string[]): Leftover {
  const leftover = new Leftover(folder, id, lock);
  for (const name of names.filter((each) => each.startsWith(`${id}.`) && each.endsWith('.jsonl')).toSorted()) {
    const file = path.join(folder, name);
    leftover.all.push({ file, size: statSync(file).size, taken: 0 });
  }
  return leftover;
}
