import type { LimitStore, Take, Verdict } from './contracts.js';

/** Where quotas are counted, which outlive a restart, and where everything else is. */
export interface StoresByLimit {
  readonly quotas: LimitStore;
  readonly others: LimitStore;
}

/**
 * Two stores as one, all or nothing over both. Quotas are asked first: only they are ever put back, and a quota is
 * the one limit for which it makes no difference when.
 */
export class StoreByLimit implements LimitStore {
  constructor(private readonly stores: StoresByLimit) {}

  take(takes: readonly Take[]): readonly Verdict[] | Promise<readonly Verdict[]> {
    const quotas = takes.filter(isQuota);
    if (quotas.length === 0) return this.stores.others.take(takes);
    if (quotas.length === takes.length) return this.stores.quotas.take(takes);
    return this.#takeBoth(takes, quotas);
  }

  give(takes: readonly Take[], ago?: number): void {
    const [quotas, others] = [takes.filter(isQuota), takes.filter(isOther)];
    if (quotas.length > 0) this.stores.quotas.give(quotas, ago);
    if (others.length > 0) this.stores.others.give(others, ago);
  }

  async #takeBoth(takes: readonly Take[], quotas: readonly Take[]): Promise<readonly Verdict[]> {
    const binding = quotas.filter((take) => take.binding);
    const first = await this.stores.quotas.take(quotas);
    const others = takes.filter(isOther);
    if (refuses(quotas, first)) return inOrder(takes, first, await this.#look(others));
    try {
      const second = await this.stores.others.take(others);
      if (!refuses(others, second)) return inOrder(takes, first, second);
      if (binding.length > 0) this.stores.quotas.give(binding);
      return inOrder(takes, first.map((verdict, i) => withheld(verdict, quotas[i] as Take)), second);
    } catch (error) {
      if (binding.length > 0) this.stores.quotas.give(binding);
      throw error;
    }
  }

  /** Takes nothing from those that bind, for a quota has refused; what does not bind is counted all the same. */
  async #look(others: readonly Take[]): Promise<readonly Verdict[]> {
    const verdicts = await this.stores.others.take(others.map((take) => (take.binding ? { ...take, cost: 0 } : take)));
    return verdicts.map((verdict, i) => {
      const { binding, cost } = others[i] as Take;
      if (!binding || verdict.remaining >= cost) return verdict;
      return { ...verdict, allowed: false, retryAfter: Math.max(1, verdict.reset) };
    });
  }
}

function isQuota({ limit }: Take): boolean {
  return limit.use === 'quota';
}

function isOther(take: Take): boolean {
  return !isQuota(take);
}

function refuses(takes: readonly Take[], verdicts: readonly Verdict[]): boolean {
  return verdicts.some(({ allowed }, i) => !allowed && (takes[i] as Take).binding);
}

/** A verdict after what it gave was put back. */
function withheld(verdict: Verdict, { binding, cost }: Take): Verdict {
  return binding ? { ...verdict, remaining: Math.floor(verdict.remaining + cost) } : verdict;
}

function inOrder(takes: readonly Take[], quotas: readonly Verdict[], others: readonly Verdict[]): readonly Verdict[] {
  const [nextQuota, nextOther] = [quotas.values(), others.values()];
  return takes.map((take) => (isQuota(take) ? nextQuota : nextOther).next().value as Verdict);
}
