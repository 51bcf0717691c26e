import { setAlarm, type Abortable, type Alarm, type Exchange, type Sleeper } from '#libs/kernel';
import type { Flight, Follower, Landing } from './flights.js';

/** Why a request waits no longer: the flight landed, it has waited long enough, or nobody wants its answer any more. */
type Waited = Landing | 'late' | 'aborted';

/** How long one request waits for what others fetch: for several flights if need be, but for so long in all. */
export class Patience implements Abortable, Follower, Sleeper {
  #alarm: Alarm | null = null;
  #over: 'late' | 'aborted' | null = null;
  #flight: Flight | null = null;
  #settle: ((waited: Waited) => void) | null = null;

  /** @param most milliseconds, above 0. */
  constructor(private readonly exchange: Exchange, private readonly most: number) {}

  /** Whether it is used up. */
  get over(): boolean {
    return this.#over !== null;
  }

  waitFor(flight: Flight): Promise<Waited> {
    return this.#wait((settle) => {
      this.#settle = settle;
      this.#flight = flight;
      flight.follow(this);
    });
  }

  /** Waits for some milliseconds, or less when the patience ends before. */
  pause(milliseconds: number): Promise<unknown> {
    return this.#wait((settle) => {
      const timer = setTimeout(settle, milliseconds, 'late');
      this.#settle = (waited) => {
        clearTimeout(timer);
        settle(waited);
      };
    });
  }

  /** Called when the request waits for nothing any more. */
  end(): void {
    this.#alarm?.clear();
  }

  // From the flight, the clock and the exchange.

  landed(landing: Landing): void {
    this.#tell(landing);
  }

  wake(): void {
    this.#stop('late');
  }

  abort(): void {
    this.#stop('aborted');
  }

  #wait(begin: (settle: (waited: Waited) => void) => void): Promise<Waited> {
    this.#begin();
    if (this.#over !== null) return Promise.resolve(this.#over);
    return new Promise(begin);
  }

  #begin(): void {
    if (this.#alarm !== null) return;
    this.#alarm = setAlarm(this.most, this);
    this.exchange.onAbort(this);
  }

  #stop(why: 'late' | 'aborted'): void {
    this.#over = why;
    this.#flight?.leave(this);
    this.#tell(why);
  }

  #tell(waited: Waited): void {
    const settle = this.#settle;
    this.#settle = null;
    this.#flight = null;
    settle?.(waited);
  }
}
