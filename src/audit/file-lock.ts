/**
 * Locks a file for this process, for as long as it lives: the kernel knows when that ends, whatever ends it. Node cannot
 * lock files, but SQLite does; nothing is ever written into this one.
 * @returns what gives it back; `null` when somebody has it.
 * @throws Error when the file cannot be made or opened.
 */
export async function lockFile(file: string): Promise<{ release(): void } | null> {
  // Loaded only now: a gateway that records nothing does without it.
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // Else a journal would be made beside it.
    database.exec('pragma journal_mode = memory; begin exclusive');
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === BUSY) return null;
    throw error;
  }
}

/** SQLITE_BUSY. */
const BUSY = 5;
