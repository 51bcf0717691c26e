import type { Crew } from './crew.js';
import type { Beginning, WorkerProcess } from './worker-process.js';

interface Roll {
  /** What the new ones begin with. */
  readonly beginning: () => Beginning;
  /** The gateway ends; there is nobody to replace any more. */
  readonly closing: () => boolean;
}

/** How far a roll came. */
interface Rolled {
  /** Those that were not replaced. */
  readonly left: readonly WorkerProcess[];
  /** Why it stopped; `null` when it did not. */
  readonly error: string | null;
}

/**
 * Replaces workers one after the other. A new one takes connections before an old one stops, so there are never fewer than
 * before; one that does not get ready ends the roll.
 */
export async function replaceEach(crew: Crew, olds: readonly WorkerProcess[], { beginning, closing }: Roll): Promise<Rolled> {
  for (const [at, old] of olds.entries()) {
    if (closing()) return { left: olds.slice(at), error: null };
    // One that ended by itself is made good already.
    if (old.phase !== 'ready') continue;
    try {
      await crew.hire(beginning()).ready;
    } catch (error) {
      return { left: olds.slice(at), error: (error as Error).message };
    }
    crew.replaced.asked++;
    await old.leave('gentle');
  }
  return { left: [], error: null };
}
