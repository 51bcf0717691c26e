/** On which days which campus is closed: a Nest provider, one for the whole gateway. */
export class ClosingDays {
  readonly #days = new Set<string>();

  /** @param day as in 2030-12-24, UTC. */
  close(campus: string, day: string): void {
    this.#days.add(`${campus} ${day}`);
  }

  /** @param at milliseconds since the epoch. */
  isClosed(campus: string, at: number): boolean {
    return this.#days.has(`${campus} ${new Date(at).toISOString().slice(0, 10)}`);
  }

  get all(): readonly string[] {
    return [...this.#days].toSorted();
  }
}
