import type { Clock, Random } from '#libs/kernel';
import { LogHistogram } from './log-histogram.js';
import type { Lag } from './loop-lag.js';

export interface AdaptiveOptions {
  /** What it begins with. */
  readonly initial: number;
  /** 1 or more. */
  readonly min: number;
  readonly max: number;
  /** How many times the latency of an unloaded service is still fine, 1 or more. */
  readonly tolerance: number;
}

/** Milliseconds that a window lasts at least; also twice the unloaded latency, so that it sees what the last step did. */
const WINDOW = 100;
/** Turns of the event loop that a request and its answer wait for at most. */
const TURNS = 2;
/** Answers of a window at least. */
const SAMPLES = 20;
/** How far the limit goes towards where one window says it should be. */
const SMOOTHING = 0.2;
/** How far the unloaded latency follows a window that was faster, and one that was slower. */
const FASTER = 0.1;
const SLOWER = 0.02;
/** How far it follows any window while the limit cannot be any lower: what is slow then is not slow for our sake. */
const AT_LEAST = 0.3;
/** Windows in a row that turned somebody away until the unloaded latency is measured anew: few at first, then more. */
const PATIENCE = { first: 10, most: 160 };
/** Milliseconds that a measurement may take at most, and the same in latencies: answers that last may never drain. */
const PROBE = { least: 1_000, latencies: 5 };

type Probe = 'none' | 'draining' | 'measuring';

/**
 * How many requests a service should have at once, learned from its latency. Requests beyond what it can work on do not
 * make it faster, they only queue inside it: so the limit follows the gradient, the latency of an unloaded service over
 * that of the last window (Netflix concurrency-limits, Gradient2), with room for a queue of the limit's square root.
 *
 * While the limit turns requests away, a latency that rises may be our own doing, so the unloaded one is taken only
 * from windows that were faster; and now and then the limit is lowered for a moment (until what is under way has drained,
 * and then for a few answers) to measure it anew, as Envoy's filter does; at once where half of it did not help. Else a service
 * that became slower for good would be throttled for ever, and one that was first met under load would never be understood.
 *
 * Where the gateway itself has too much to do, every answer waits for it: that is no latency of the service.
 */
export class AdaptiveLimit {
  #limit: number;
  /** Latency of the service when it has little to do, milliseconds; 0 while unknown. */
  #unloaded = 0;
  readonly #latencies = new LogHistogram();
  #overloads = 0;
  /** `clock.elapsed()` when the window began. */
  #since: number;
  /** Whether at least half of the limit was in use in this window; else latency says nothing about the limit. */
  #crowded = false;
  #refused = false;
  /** Windows in a row in which somebody was refused. */
  #full = 0;
  #patience = PATIENCE.first;
  /** The highest limit since the unloaded latency was measured: where half of it is still slow, the requests were not what made it so. */
  #highest: number;
  #probe: Probe = 'none';
  #giveUpAt = 0;
  /** Answers to come of requests that began before the measurement. */
  #earlier = 0;

  constructor(private readonly options: AdaptiveOptions, private readonly clock: Clock, private readonly random: Random, private readonly lag: Lag) {
    this.#limit = this.#highest = options.initial;
    this.#since = clock.elapsed();
  }

  /** Requests there may be at once; 1 or more. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** The same, but for a moment less while the unloaded latency is measured. */
  get momentary(): number {
    if (this.#probe === 'none') return this.limit;
    // Where the limit settles there are about `tolerance` times the requests that the service can work on.
    return Math.max(1, Math.floor(this.#limit / (2 * this.options.tolerance)));
  }

  /**
   * The service answered.
   * @param latency milliseconds until the response header.
   * @param inFlight requests under way, this one included.
   * @returns whether the limit is another one now.
   */
  answered(latency: number, inFlight: number): boolean {
    if (this.#probe !== 'none') return this.#measure(latency, inFlight);
    this.#latencies.add(latency);
    if (inFlight * 2 >= this.#limit) this.#crowded = true;
    return this.#closeWhenDue();
  }

  /** The service, or the way to it, said that it is too much. @returns whether the limit is another one now. */
  overloaded(): boolean {
    if (this.#probe !== 'none') return this.#endProbe(null);
    this.#overloads++;
    return this.#closeWhenDue();
  }

  /** A request found no slot. @returns whether the limit is another one now. */
  refused(): boolean {
    this.#refused = true;
    return this.#probe !== 'none' && this.clock.elapsed() >= this.#giveUpAt && this.#endProbe(null);
  }

  #closeWhenDue(): boolean {
    if (this.#latencies.total + this.#overloads < SAMPLES) return false;
    const now = this.clock.elapsed();
    if (now - this.#since < Math.max(WINDOW, 2 * this.#unloaded)) return false;
    this.#close(now);
    return true;
  }

  #close(now: number): void {
    const { max, min } = this.options;
    const answers = this.#latencies.total;
    const latency = this.#ofService(this.#latencies.quantile(0.5));
    let limit = this.#limit * (1 - this.#overloads / (answers + this.#overloads) / 2);
    if (answers > 0) limit = this.#follow(limit, latency);
    this.#limit = Math.min(max, Math.max(min, limit));
    this.#full = this.#refused ? this.#full + 1 : 0;
    this.#highest = Math.max(this.#highest, this.#limit);
    if (this.#full >= this.#patience || (this.#refused && this.#limit * 2 <= this.#highest)) this.#startProbe(now, latency);
    this.#begin(now);
  }

  /** Begins a window. */
  #begin(now: number): void {
    this.#latencies.clear();
    this.#overloads = 0;
    this.#crowded = this.#refused = false;
    this.#since = now;
  }

  /**
   * A latency without what we added: the request waited for a turn of the event loop to end, and the answer for another one.
   * Nothing better is known then than what was known before.
   */
  #ofService(latency: number): number {
    const ours = TURNS * this.lag();
    return this.#unloaded === 0 || latency <= this.#unloaded ? latency : Math.max(this.#unloaded, latency - ours);
  }

  #follow(limit: number, latency: number): number {
    if (this.#unloaded === 0) this.#unloaded = latency;
    else this.#unloaded += this.#trust(latency) * (latency - this.#unloaded);
    if (!this.#crowded && !this.#refused) return limit;
    const gradient = Math.max(0.5, Math.min(1, (this.options.tolerance * this.#unloaded) / latency));
    return limit + SMOOTHING * (limit * gradient + Math.sqrt(limit) - limit);
  }

  /** How much a window's latency says about an unloaded service. */
  #trust(latency: number): number {
    if (this.#limit <= this.options.min) return AT_LEAST;
    if (latency < this.#unloaded) return FASTER;
    return this.#refused ? 0 : SLOWER;
  }

  /** At random somewhat sooner or later the next time, so that workers and instances do not all probe at once. */
  #startProbe(now: number, latency: number): void {
    this.#probe = 'draining';
    this.#giveUpAt = now + Math.max(PROBE.least, latency * (PROBE.latencies + SAMPLES / this.momentary));
    if (this.#full >= this.#patience) this.#patience = Math.min(PATIENCE.most, this.#patience * 2) * (0.75 + this.random() / 2);
    this.#full = 0;
    this.#highest = this.#limit;
  }

  #measure(latency: number, inFlight: number): boolean {
    if (this.clock.elapsed() >= this.#giveUpAt) return this.#endProbe(null);
    if (this.#probe === 'draining') {
      if (inFlight > this.momentary) return false;
      this.#probe = 'measuring';
      this.#earlier = inFlight;
    }
    if (this.#earlier-- > 0) return false;
    this.#latencies.add(latency);
    return this.#latencies.total >= SAMPLES && this.#endProbe(this.#latencies.quantile(0.5));
  }

  /** @param unloaded what was measured; `null` for nothing. */
  #endProbe(unloaded: number | null): true {
    if (unloaded !== null) this.#unloaded = this.#ofService(unloaded);
    this.#probe = 'none';
    this.#begin(this.clock.elapsed());
    return true;
  }
}
