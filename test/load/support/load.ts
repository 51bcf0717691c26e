import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';

/** What one client asks for next. */
export interface Ask {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Load {
  readonly url: string;
  /** Clients, each with one request under way. */
  readonly clients: number;
  /** Milliseconds between a client's requests; 0 for none. */
  readonly pause?: number;
  readonly ask?: (index: number) => Ask;
  /** Whether each request opens a connection of its own. */
  readonly fresh?: boolean;
}

/** One request as its client saw it. */
export interface Seen {
  readonly method: string;
  /** 0 where there was none: the connection broke. */
  readonly status: number;
  readonly milliseconds: number;
  readonly error: string | null;
}

const GET: Ask = { method: 'GET', path: '/' };

/** Clients that go on asking until they are stopped. Nothing is tried twice: what fails here failed for a user. */
export class Clients {
  readonly seen: Seen[] = [];
  readonly #agent: Agent;
  readonly #loops: Promise<void>[];
  #stopped = false;
  #count = 0;

  constructor(private readonly load: Load) {
    this.#agent = new Agent({ connections: load.clients, pipelining: load.fresh ? 0 : 1, headersTimeout: 60_000 });
    this.#loops = Array.from({ length: load.clients }, () => this.#loop());
  }

  async #loop(): Promise<void> {
    const { ask = () => GET, pause = 0, url } = this.load;
    while (!this.#stopped) {
      const next = ask(this.#count++);
      const startedAt = performance.now();
      const { error, status } = await this.#one(url + next.path, next);
      this.seen.push({ method: next.method, status, error, milliseconds: performance.now() - startedAt });
      if (pause > 0) await sleep(pause);
    }
  }

  async #one(url: string, { body, headers = {}, method }: Ask): Promise<{ status: number; error: string | null }> {
    try {
      const answer = await request(url, { dispatcher: this.#agent, method, body: body ?? null, headers });
      // Rejects for a body that breaks off.
      await answer.body.bytes();
      return { status: answer.statusCode, error: null };
    } catch (error) {
      return { status: 0, error: (error as NodeJS.ErrnoException).code ?? String(error) };
    }
  }

  /** Goes on for so many milliseconds. */
  async during(milliseconds: number): Promise<this> {
    await sleep(milliseconds);
    return this;
  }

  /** Goes on until so many requests have been answered, or so many answers had a status. */
  async until(count: number, status?: number): Promise<this> {
    const enough = (): boolean => (status === undefined ? this.seen.length : this.seen.filter((one) => one.status === status).length) >= count;
    while (!enough()) await sleep(20);
    return this;
  }

  /** Waits for the answers under way. */
  async stop(): Promise<Outcome> {
    this.#stopped = true;
    await Promise.all(this.#loops);
    await this.#agent.destroy();
    return new Outcome(this.seen);
  }
}

/** What clients met. */
export class Outcome {
  constructor(readonly seen: readonly Seen[]) {}

  get total(): number {
    return this.seen.length;
  }

  /** Of several gateways together. */
  static all(outcomes: readonly Outcome[]): Outcome {
    return new Outcome(outcomes.flatMap(({ seen }) => seen));
  }

  /** How many answers had this status. */
  count(status: number): number {
    return this.seen.filter((one) => one.status === status).length;
  }

  /** Statuses that occurred, in order. */
  get statuses(): readonly number[] {
    return [...new Set(this.seen.map(({ status }) => status))].toSorted((a, b) => a - b);
  }

  /** Requests without a good answer. */
  get failed(): readonly Seen[] {
    return this.seen.filter(({ status }) => status < 200 || status >= 400);
  }

  of(method: string): Outcome {
    return new Outcome(this.seen.filter((one) => one.method === method));
  }

  /** Milliseconds that this share of the requests took at most. */
  percentile(share: number): number {
    const sorted = this.seen.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }
}
