import { events, type Clock, type Target } from '#libs/kernel';
import { SlidingWindow } from './sliding-window.js';

/** When a target is taken out, and for how long. Times in milliseconds, shares from 0 to 1. */
export interface OutlierOptions {
  /** Failures in a row that eject; 0 for none. */
  readonly failures: number;
  /** Share of failures in the window that ejects; 0 for none. */
  readonly errorRate: number;
  readonly over: number;
  /** Tries in the window below which no share is judged. */
  readonly minRequests: number;
  /** Share of tries whose response header took longer than `over` milliseconds, that ejects; `null` for none. */
  readonly slow: { readonly over: number; readonly rate: number } | null;
  /** How long the first ejection lasts; the second lasts twice as long, and so on. */
  readonly eject: number;
  readonly maxEject: number;
  /** Share of the targets that may be out at once; never the only one. */
  readonly maxShare: number;
  /** Share of available targets below which the ejected ones are used again. */
  readonly panic: number;
}

const ALL = 0;
const FAILED = 1;
const SLOW = 2;

interface Suspect {
  readonly target: Target;
  readonly window: SlidingWindow;
  inARow: number;
  /** `inARow` before the latest success, which may turn out to be none: its body can break. */
  before: number;
  /** How many times in short succession it was ejected. */
  repeats: number;
  /** `clock.elapsed()` at which it comes back; 0 while it is in. */
  until: number;
  /** `clock.elapsed()` when it last came back. */
  backSince: number;
}

/**
 * Takes targets out of a service that fail where their siblings do not, by what ordinary requests meet. No timer: who
 * comes back is looked at before each try, which costs one comparison while nobody is out.
 */
export class OutlierDetector {
  #suspects: ReadonlyMap<Target, Suspect> = new Map();
  #out = 0;

  constructor(private readonly service: string, private readonly options: OutlierOptions, private readonly clock: Clock) {}

  /** The targets the service has now; what is known of those that stay is kept, those that left are let go. */
  watch(targets: readonly Target[]): void {
    const before = this.#suspects;
    this.#suspects = new Map(targets.map((target) => [target, before.get(target) ?? this.#suspect(target)]));
    for (const [target, suspect] of before) if (!this.#suspects.has(target) && suspect.until > 0) target.readmit();
    this.#out = this.#countOut();
    if (this.#out > 0) this.#applyPanic();
  }

  /** Called before each try: lets those back in whose time is over. */
  refresh(): void {
    if (this.#out === 0) return;
    const now = this.clock.elapsed();
    for (const suspect of this.#suspects.values()) if (suspect.until > 0 && now >= suspect.until) this.#readmit(suspect, now);
    if (this.#out > 0) this.#applyPanic();
  }

  /**
   * Called once per try that says something about the target.
   * @param duration milliseconds until the response header; 0 where none came.
   */
  report(target: Target, failed: boolean, duration = 0): void {
    const suspect = this.#suspects.get(target);
    // What was under way when it was ejected, or came in a panic, says nothing new.
    if (suspect === undefined || suspect.until > 0) return;
    suspect.window.add(ALL);
    const { slow } = this.options;
    if (slow !== null && duration > slow.over) suspect.window.add(SLOW);
    if (failed) return this.#failed(suspect, suspect.inARow + 1);
    suspect.before = suspect.inARow;
    suspect.inARow = 0;
    if (slow !== null && duration > slow.over) this.#judge(suspect);
  }

  /** Called when what was reported as a success broke off later: it was a failure. */
  broke(target: Target): void {
    const suspect = this.#suspects.get(target);
    if (suspect !== undefined && suspect.until === 0) this.#failed(suspect, Math.max(suspect.inARow, suspect.before) + 1);
  }

  /** Lets everyone back in: this detector is no longer asked. */
  dispose(): void {
    this.watch([]);
  }

  #failed(suspect: Suspect, inARow: number): void {
    suspect.inARow = inARow;
    suspect.window.add(FAILED);
    this.#judge(suspect);
  }

  #judge(suspect: Suspect): void {
    if (this.#isOutlier(suspect) && this.#mayEject()) this.#eject(suspect);
  }

  #suspect(target: Target): Suspect {
    const { over } = this.options;
    return { target, window: new SlidingWindow(over, 3, this.clock), inARow: 0, before: 0, repeats: 0, until: 0, backSince: 0 };
  }

  #isOutlier({ inARow, window }: Suspect): boolean {
    const { errorRate, failures, minRequests, slow } = this.options;
    if (failures > 0 && inARow >= failures) return true;
    const all = window.count(ALL);
    if (all < minRequests) return false;
    if (errorRate > 0 && window.count(FAILED) >= errorRate * all) return true;
    return slow !== null && window.count(SLOW) >= slow.rate * all;
  }

  /** At least one of several may always go. */
  #mayEject(): boolean {
    const { size } = this.#suspects;
    return size > 1 && this.#out < Math.max(1, Math.floor(size * this.options.maxShare));
  }

  #eject(suspect: Suspect): void {
    const { eject, maxEject } = this.options;
    const now = this.clock.elapsed();
    // For every `eject` that it did well, one former ejection is forgotten.
    const forgotten = Math.floor((now - suspect.backSince) / eject);
    suspect.repeats = Math.max(0, suspect.repeats - forgotten) + 1;
    const duration = Math.min(maxEject, eject * suspect.repeats);
    suspect.until = now + duration;
    this.#out++;
    suspect.target.eject();
    events.targetEjected.publish({ service: this.service, target: suspect.target, duration });
    this.#applyPanic();
  }

  #readmit(suspect: Suspect, now: number): void {
    suspect.until = 0;
    suspect.backSince = now;
    suspect.inARow = 0;
    suspect.window.clear();
    this.#out--;
    suspect.target.readmit();
    // Warms up anew where the service has a slow start.
    suspect.target.since = now;
    events.targetReadmitted.publish({ service: this.service, target: suspect.target });
  }

  /** Better a target that may fail than too few that drown: below `panic` those that are out are used all the same. */
  #applyPanic(): void {
    let available = 0;
    for (const { target, until } of this.#suspects.values()) if (until === 0 && target.available) available++;
    const panic = available < this.options.panic * this.#suspects.size;
    for (const { target, until } of this.#suspects.values()) {
      if (until === 0) continue;
      if (panic) target.readmit();
      else target.eject();
    }
  }

  #countOut(): number {
    let out = 0;
    for (const { until } of this.#suspects.values()) if (until > 0) out++;
    return out;
  }
}
