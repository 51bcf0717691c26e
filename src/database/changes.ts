import type { Transaction } from 'kysely';
import type { Tables } from './tables.js';

/** Something that every process is to hear of. */
export interface NewChange {
  /** What it is about, e.g. `api-key`; who subscribes names it. */
  readonly kind: string;
  /** Which one, e.g. its id. */
  readonly subject: string;
  /** What there is to say; JSON can tell it. No secret: it stays in the database for a day. */
  readonly body: unknown;
}

/** A change as it was recorded. */
export interface Change extends NewChange {
  /** Grows from change to change; not without gaps. */
  readonly seq: number;
}

/** What happened in the database, told to every process of every gateway that has it. */
export interface Changes {
  /** Notes it, in the transaction that makes it so: both are done, or none. */
  record(trx: Transaction<Tables>, change: NewChange): Promise<void>;
  /**
   * Tells of what was recorded; after the transaction. Over once the listeners of this process, and those of the other
   * workers of this gateway, have heard it, or cannot be reached within a second; other gateways hear of it within
   * moments through Redis, and by themselves within `database.sync`. Never rejects: whoever does not await it loses
   * nothing, and what nobody announces is heard within `database.sync` too.
   */
  announce(): Promise<void>;
  /**
   * Hears each change of a kind once, in the order of their numbers. Of transactions at the same time the one with the
   * lower number may come to its end later; its changes are heard then.
   *
   * Whoever keeps in memory what the database holds reads it in `load`, and nowhere else. It is called when everything
   * that happens from then on will be heard, and again whenever something may have been missed: after a day without the
   * database, or when the listener threw. Changes wait until it is over, so there is no gap; one that `load` has seen
   * already may follow, so hearing it twice must do no harm. When `load` rejects it is called again a little later.
   * @returns a function that ends it.
   */
  subscribe(kind: string, listener: (change: Change) => void, load?: () => Promise<void>): () => void;
}
