import { setTimeout as sleep } from 'node:timers/promises';
import type { Finder, Surroundings } from '#libs/kernel';
import { whereaboutsOf } from './kubernetes-addresses.js';
import type { Errand, KubernetesApi } from './kubernetes-api.js';
import { reasonOf, Refusal } from './kubernetes-refusal.js';
import { MOST_SLICES, parseChange, type Slice } from './kubernetes-slices.js';

/** Seconds that one watch lasts at least, and at most twice that: then the token is read again. */
const WATCH = 150;
/** Milliseconds that a watch has to last to count as one. */
const BRIEF = 1_000;
/** Milliseconds until the next try: at most, after a watch that ended as it should, and after the first failure. */
const [LONGEST_PAUSE, BREATH, FIRST_PAUSE] = [30_000, 50, 250];

/**
 * Follows the slices of one service: a list, then watches that each go on where the one before ended. A watch that
 * breaks is no loss yet: the next one tells. Whatever makes a watch useless leads to another list, which always says
 * what is true now.
 */
export class KubernetesWatch {
  readonly #slices = new Map<string, Slice>();
  /** Where the next watch goes on; `null` for a list first. */
  #version: string | null = null;
  /** Whether the server last refused a watch: a list it gives does not make up for that. */
  #refused = false;
  #failures = 0;

  constructor(
    private readonly errand: Errand,
    private readonly surroundings: Pick<Surroundings, 'clock' | 'random'>,
    private readonly finder: Finder,
  ) {}

  /** Goes on until the errand's signal; never rejects. */
  async run(): Promise<void> {
    const { signal } = this.errand;
    while (!signal.aborted) {
      const asked = await this.#round().catch((error: unknown) => this.#failed(error));
      await sleep(Math.max(this.#pause(), asked ?? 0), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async #round(): Promise<void> {
    const { KubernetesApi } = await import('./kubernetes-api.js');
    const api = await KubernetesApi.open(this.errand);
    try {
      await this.#listen(api);
    } finally {
      await api.close();
    }
  }

  async #listen(api: KubernetesApi): Promise<void> {
    const version = this.#version ?? (await this.#list(api));
    const seconds = Math.round(WATCH * (1 + this.surroundings.random()));
    const lines = await api.watch(version, seconds).catch((error: unknown) => this.#refuse(error));
    this.#refused = false;
    this.#tell();
    await this.#follow(lines);
  }

  async #list(api: KubernetesApi): Promise<string> {
    const { slices, version } = await api.list();
    this.#slices.clear();
    for (const slice of slices) this.#slices.set(slice.name, slice);
    this.#version = version;
    if (!this.#refused) this.#tell();
    return version;
  }

  /** A server that does not give a watch may have forgotten the version, or never had it: a list gives another one. */
  #refuse(error: unknown): never {
    if (error instanceof Refusal) {
      this.#version = null;
      // 410 Gone only says that the version is too old.
      this.#refused = error.status !== 410;
    }
    throw error;
  }

  async #follow(lines: AsyncIterable<string>): Promise<void> {
    const { clock } = this.surroundings;
    const began = clock.elapsed();
    let sound = true;
    try {
      for await (const line of lines) {
        sound = this.#take(line);
        if (!sound) break;
        this.#tell();
      }
    } catch {
      // Cut off: the lines so far count, and the next watch goes on after them.
    }
    const lasted = clock.elapsed() - began >= BRIEF;
    if (lasted) this.#failures = 0;
    if (lasted && sound) return;
    this.#failures++;
    this.#version = null;
  }

  /** @returns whether the line makes sense; if not, another list has to. */
  #take(line: string): boolean {
    try {
      const change = parseChange(line);
      if (change.type === 'put') this.#slices.set(change.slice.name, change.slice);
      if (change.type === 'delete') this.#slices.delete(change.slice.name);
      this.#version = change.type === 'bookmark' ? change.version : change.slice.version;
      return this.#slices.size <= MOST_SLICES;
    } catch {
      return false;
    }
  }

  #tell(): void {
    if (this.errand.signal.aborted) return;
    const whereabouts = whereaboutsOf([...this.#slices.values()], this.errand.options);
    if ('why' in whereabouts) this.finder.lost(whereabouts.why);
    else this.finder.found(whereabouts.addresses);
  }

  /** @returns milliseconds that the server asks to be left alone for. */
  #failed(error: unknown): number {
    this.#failures++;
    if (this.errand.signal.aborted) return 0;
    const [status, wait] = error instanceof Refusal ? [error.status, error.wait] : [0, 0];
    if (status !== 410) this.finder.lost(reasonOf(error, this.errand.options.server));
    return Math.min(wait, LONGEST_PAUSE);
  }

  /** Milliseconds; half of it is chance, so that gateways which lost the server together do not come back together. */
  #pause(): number {
    const longest = this.#failures === 0 ? BREATH : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(this.#failures - 1, 10));
    return (longest * (1 + this.surroundings.random())) / 2;
  }
}
