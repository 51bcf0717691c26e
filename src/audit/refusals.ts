import type { AuditNotice, Clock } from '#libs/kernel';
import type { AuditConfig } from '../config/index.js';

const HOUR = 3_600_000;

interface Repeated {
  readonly notice: AuditNotice;
  readonly since: number;
  /** How many came after the first. */
  count: number;
}

export interface RefusalParts {
  readonly settings: Pick<AuditConfig['refusals'], 'every' | 'perHour'>;
  readonly clock: Clock;
  /** Records one. */
  readonly emit: (notice: AuditNotice) => void;
  /** Counts one that is in the number of another. */
  readonly merged: () => void;
}

/**
 * Of what anybody can cause, the first is recorded at once; those that are the same are one entry with their number, a
 * little later. Each new kind costs one of an allowance that grows by the hour: when it is used up only sums are
 * recorded, by action and reason. So neither memory nor disk fills, whatever is sent.
 */
export class Refusals {
  readonly #repeated = new Map<string, Repeated>();
  /** Those that were too many to be told apart. */
  readonly #rest = new Map<string, Repeated>();
  #allowance: number;
  #refilled: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly parts: RefusalParts) {
    this.#allowance = parts.settings.perHour;
    this.#refilled = parts.clock.elapsed();
  }

  take(notice: AuditNotice): void {
    const { action, actor, client, details, outcome, subject } = notice;
    const reason = reasonOf(details);
    const key = [action, outcome, actor, subject, client, reason].join('\n');
    const known = this.#repeated.get(key);
    if (known !== undefined) return this.#count(known);
    if (!this.#afford()) {
      const shared = [action, outcome, reason].join('\n');
      const sum = this.#rest.get(shared) ?? this.#repeat(this.#rest, shared, { action, outcome, actor: null, subject: null, client: null, requestId: null, details: { reason, others: true } });
      return this.#count(sum);
    }
    this.#repeat(this.#repeated, key, notice);
    this.parts.emit(notice);
  }

  #count(repeated: Repeated): void {
    repeated.count++;
    this.parts.merged();
  }

  #repeat(where: Map<string, Repeated>, key: string, notice: AuditNotice): Repeated {
    const repeated = { notice, since: this.parts.clock.now(), count: 0 };
    where.set(key, repeated);
    this.#timer ??= setTimeout(() => this.flush(), this.parts.settings.every).unref();
    return repeated;
  }

  #afford(): boolean {
    const { clock, settings: { perHour } } = this.parts;
    const now = clock.elapsed();
    this.#allowance = Math.min(perHour, this.#allowance + ((now - this.#refilled) * perHour) / HOUR);
    this.#refilled = now;
    if (this.#allowance < 1) return false;
    this.#allowance--;
    return true;
  }

  /** Records the numbers there are. What is the same comes first again. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const all = [...this.#repeated.values(), ...this.#rest.values()];
    this.#repeated.clear();
    this.#rest.clear();
    for (const { count, notice, since } of all) {
      if (count > 0) this.parts.emit({ ...notice, requestId: null, details: { ...notice.details, count, since: new Date(since).toISOString() } });
    }
  }
}

function reasonOf({ code, reason, why }: AuditNotice['details']): string {
  return [code, reason, why].filter((each) => typeof each === 'string').join(' ').slice(0, 100);
}
