import { events, type AuditFigures } from '#libs/kernel';

/** What became of what was to be recorded; goes on across reloads. */
export class Counts {
  #figures: AuditFigures = { entries: 0, merged: 0, dropped: 0, spooled: 0 };

  add(): void {
    this.#set({ entries: this.#figures.entries + 1 });
  }

  merge(): void {
    this.#set({ merged: this.#figures.merged + 1 });
  }

  drop(): void {
    this.#set({ dropped: this.#figures.dropped + 1 });
  }

  /** @param bytes that are not in the database yet. */
  spooled(bytes: number): void {
    this.#set({ spooled: bytes });
  }

  #set(change: Partial<AuditFigures>): void {
    this.#figures = { ...this.#figures, ...change };
    events.auditChanged.publish(this.#figures);
  }
}
