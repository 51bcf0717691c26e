import type { Redaction } from '../../telemetry/redaction.js';
import { aspectsOf, type Aspect, type Asked, type Treatment } from './treatment.js';
import type { Both } from './both.js';

/** Requests that are treated otherwise in the same way. */
export interface Group {
  readonly aspects: readonly Aspect[];
  readonly count: number;
  /** How the first of them was treated, and how it would be; credentials in queries are cut out. */
  readonly old: Treatment;
  readonly new: Treatment;
  /** The first of them, in the same way. */
  readonly example: { readonly method: string; readonly target: string; readonly host: string; readonly line: number | null };
}

/** A group that grows. */
export type Counted = { -readonly [K in keyof Group]: Group[K] };

/** Gathers requests by what becomes of them otherwise. Grows with the pairs of routes, not with the requests. */
export class Tally {
  readonly #groups = new Map<string, Counted>();

  constructor(private readonly redaction: Redaction) {}

  /** The group of a request, with nothing counted yet; `null` when it is treated as before. */
  groupOf(both: Both<Treatment>, asked: Asked, line: number | null): Counted | null {
    const aspects = aspectsOf(both.old, both.new);
    if (aspects.length === 0) return null;
    const key = JSON.stringify([aspects, shapeOf(both.old), shapeOf(both.new)]);
    const earlier = this.#groups.get(key);
    if (earlier) return earlier;
    const { host, method, target } = asked;
    const group = { aspects, count: 0, old: this.#showable(both.old), new: this.#showable(both.new), example: { method, target: this.redaction.value(target), host, line } };
    this.#groups.set(key, group);
    return group;
  }

  #showable(treatment: Treatment): Treatment {
    return { ...treatment, sent: treatment.sent === null ? null : this.redaction.value(treatment.sent) };
  }

  /** Most frequent first. */
  get groups(): readonly Group[] {
    return [...this.#groups.values()].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  }
}

function shapeOf({ access, pattern, refusal, route, to }: Treatment): unknown {
  return [route, pattern, to, refusal, access.key];
}
