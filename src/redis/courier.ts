import type { Link } from './link.js';

/** Brings commands to the server that has what they are about. Keys are whole here. */
export interface Courier {
  /** Why nothing can be asked; `null` when something can. */
  readonly away: string | null;
  /** Over once it is known whether it can be asked. */
  readonly settled: Promise<void>;
  /** Every server that has keys of its own. */
  readonly masters: readonly Link[];
  /**
   * @param key one that the command is about; `null` where any server will do.
   * @param source text of the script, where the command is an EVALSHA.
   */
  send(key: string | null, command: readonly string[], source?: string): Promise<unknown>;
  /** Keys that one command can be about, together. */
  together(keys: readonly string[]): readonly (readonly string[])[];
  close(): Promise<void>;
}
