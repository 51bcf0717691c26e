import type { Topic } from './fleet.js';

/** What became of one question. */
export type Outcome<A> = { readonly answer: A } | { readonly failure: string };

type Handler = (question: unknown) => unknown;

interface Entry {
  readonly topic: Topic<unknown, unknown>;
  readonly handler: Handler;
}

/** How one process answers, by topic. */
export class Handlers {
  readonly #entries = new Map<string, Entry>();

  /** @throws Error for a topic that is answered already. */
  add<Q, A>(topic: Topic<Q, A>, handler: (question: Q) => A | Promise<A>): void {
    if (this.#entries.has(topic.name)) throw new Error(`The topic "${topic.name}" is answered already`);
    this.#entries.set(topic.name, { topic: topic as unknown as Topic<unknown, unknown>, handler: handler as Handler });
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Names of the topics whose answers outlast this process. */
  get inherited(): readonly string[] {
    return [...this.#entries.values()].filter(({ topic }) => topic.inherit).map(({ topic }) => topic.name);
  }

  /** @param question as it came; checked here. */
  async answer(name: string, question: unknown): Promise<Outcome<unknown>> {
    const entry = this.#entries.get(name);
    if (!entry) return { failure: `nobody answers "${name}"` };
    const parsed = entry.topic.question.safeParse(question);
    if (!parsed.success) return { failure: `this is no question for "${name}"` };
    try {
      return { answer: await entry.handler(parsed.data) };
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  }
}
