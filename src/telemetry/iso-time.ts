/** Wall clock as ISO 8601 in UTC. The date is formatted once a second, only the milliseconds change in between. */
export class IsoTime {
  #second = Number.NaN;
  #prefix = '';

  /** @param now milliseconds since the epoch. */
  format(now: number): string {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#prefix = new Date(second * 1_000).toISOString().slice(0, 20);
    }
    const ms = Math.floor(now - second * 1_000);
    return `${this.#prefix}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`;
  }
}
