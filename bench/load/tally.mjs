/** Milliseconds for which counts are kept apart. */
const BUCKET_MS = 100;
/** An answer later than this shows that not all is well yet. */
const PROMPT_MS = 100;
/** All is well where for so long so few answers were bad or late: one may always be. */
const CALM_BUCKETS = 5;
const CALM_SHARE = 0.01;

/** When each request of a plan is due, and what became of them. */
export class Tally {
  #phases;
  #buckets = [];

  /** @param phases `{ rate, seconds }`, one after the other. */
  constructor(phases) {
    let [at, first] = [0, 0];
    this.#phases = phases.map(({ rate, seconds }) => {
      const phase = { rate, first, at, count: Math.round(rate * seconds), end: at + seconds * 1000, kinds: {} };
      first += phase.count;
      at = phase.end;
      return phase;
    });
    this.total = first;
  }

  /** Milliseconds after the start. */
  due(index) {
    const { at, first, rate } = this.#phases.findLast((phase) => index >= phase.first);
    return at + ((index - first) * 1000) / rate;
  }

  done(request, outcome, now) {
    const phase = this.#phases.find(({ end }) => request.due < end);
    const kind = (phase.kinds[request.name] ??= { outcomes: {}, latencies: [] });
    kind.outcomes[outcome] = (kind.outcomes[outcome] ?? 0) + 1;
    const took = now - request.due;
    // Microseconds: a soak has a million of them.
    if (outcome === '200') kind.latencies.push(Math.round(took * 1000));
    const bucket = (this.#buckets[Math.floor(request.due / BUCKET_MS)] ??= { count: 0, bad: 0 });
    bucket.count++;
    if (outcome !== '200' || took > PROMPT_MS) bucket.bad++;
    request.over = true;
  }

  /** By phase and kind: how many had which outcome and how long good answers took; and, for each phase, when after its end all was well. */
  result() {
    return this.#phases.map(({ at, count, end, kinds, rate }) => ({
      rate, count, seconds: (end - at) / 1000,
      kinds: Object.fromEntries(Object.entries(kinds).map(([name, { latencies, outcomes }]) => [name, { outcomes, latency: summary(latencies) }])),
      latency: summary(Object.values(kinds).flatMap(({ latencies }) => latencies)),
      wellAfterMs: this.#wellAfter(end),
    }));
  }

  /** Milliseconds; `null` where it never was. */
  #wellAfter(end) {
    const first = Math.ceil(end / BUCKET_MS);
    for (let at = first; at + CALM_BUCKETS <= this.#buckets.length; at++) {
      const some = this.#buckets.slice(at, at + CALM_BUCKETS).filter(Boolean);
      const sum = (pick) => some.reduce((total, each) => total + pick(each), 0);
      if (sum(({ bad }) => bad) <= CALM_SHARE * sum(({ count }) => count)) return (at - first) * BUCKET_MS;
    }
    return null;
  }
}

function summary(micros) {
  const sorted = Float64Array.from(micros).sort();
  const at = (share) => (sorted.length === 0 ? null : sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] / 1000);
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), slowest: at(1) };
}
