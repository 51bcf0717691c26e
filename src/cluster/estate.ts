import type { Inheritable, Topic } from './fleet.js';
import { decode, encode } from './payload.js';
import type { WorkerProcess } from './worker-process.js';

type Inherited = Topic<unknown, unknown> & Required<Pick<Topic<unknown, unknown>, 'inherit'>>;

/**
 * What is left of workers that ended. Of each living one the latest answer is kept, so that even one that was killed
 * leaves what was last known of it.
 */
export class Estate {
  readonly #topics: ReadonlyMap<string, Inherited>;
  readonly #latest = new WeakMap<WorkerProcess, Map<string, Uint8Array>>();
  readonly #settled = new WeakSet<WorkerProcess>();
  readonly #left = new Map<string, unknown>();

  /** @param topics those with `inherit`. */
  constructor(topics: readonly Inheritable[]) {
    this.#topics = new Map((topics as readonly Inheritable[] as unknown as readonly Inherited[]).map((topic) => [topic.name, topic]));
  }

  keeps(topic: string): boolean {
    return this.#topics.has(topic);
  }

  note(worker: WorkerProcess, topic: string, answer: Uint8Array): void {
    if (!this.keeps(topic) || this.settled(worker)) return;
    const latest = this.#latest.get(worker) ?? new Map<string, Uint8Array>();
    this.#latest.set(worker, latest.set(topic, answer));
  }

  latest(worker: WorkerProcess, topic: string): Uint8Array | undefined {
    return this.#latest.get(worker)?.get(topic);
  }

  /** Takes over what a worker leaves: once, whether it told its last answers or was killed. */
  settle(worker: WorkerProcess): void {
    if (this.settled(worker)) return;
    this.#settled.add(worker);
    for (const [name, topic] of this.#topics) {
      const bytes = this.latest(worker, name);
      const last = bytes && parsed(topic, bytes);
      if (last !== undefined) this.#left.set(name, topic.inherit(last, this.#left.get(name) ?? null));
    }
  }

  /** What this worker counted is among what is left now. */
  settled(worker: WorkerProcess): boolean {
    return this.#settled.has(worker);
  }

  /** What is left of all that ended, as one more answer. */
  left(topic: string): Uint8Array | null {
    const left = this.#left.get(topic);
    return left === undefined ? null : encode(left);
  }
}

function parsed(topic: Inherited, bytes: Uint8Array): unknown {
  try {
    return topic.answer.safeParse(decode(bytes)).data;
  } catch {
    return undefined;
  }
}
