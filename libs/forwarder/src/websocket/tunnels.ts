import type { Clock, Exchange } from '#libs/kernel';
import { Tunnel, type TunnelEnds, type TunnelLimits } from '../tunnel.js';

/** Every WebSocket that stands, so that a shutdown can say goodbye. */
export class Tunnels {
  readonly #open = new Set<Tunnel>();
  #ending: { readonly code: number; readonly reason: string } | null = null;
  #idle: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  /** How many stand. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Joins a client with a target after a 101.
   * @param closed called once, when both connections are gone.
   */
  join(exchange: Exchange, ends: TunnelEnds, limits: TunnelLimits, closed: () => void): void {
    const tunnel = new Tunnel(exchange, ends, limits, {
      clock: this.clock,
      closed: () => {
        this.#open.delete(tunnel);
        if (this.#open.size === 0) this.#release();
        closed();
      },
    });
    this.#open.add(tunnel);
    tunnel.open();
    if (this.#ending) tunnel.close(this.#ending.code, this.#ending.reason);
  }

  /**
   * Sends both ends of every tunnel a close frame, and to those that are joined later at once. Ends that do not react
   * are cut off after three seconds.
   * @param code close code (RFC 6455 7.4), 1001 when going away.
   * @param reason short ASCII text.
   * @returns a promise for the moment when none is left.
   */
  closeAll(code: number, reason: string): Promise<void> {
    this.#ending = { code, reason };
    for (const tunnel of this.#open) tunnel.close(code, reason);
    return this.#open.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #release(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
