import type { Target, TargetProbed } from '#libs/kernel';

/** What probes found last. */
export class ProbeStats {
  readonly #latencies = new WeakMap<Target, number>();

  probed({ latency, target }: TargetProbed): void {
    this.#latencies.set(target, latency);
  }

  /** Milliseconds the last probe took; `undefined` where none was made. */
  latency(target: Target): number | undefined {
    return this.#latencies.get(target);
  }
}
