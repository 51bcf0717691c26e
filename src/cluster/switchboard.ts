import type { Estate } from './estate.js';
import type { Handlers } from './handlers.js';
import type { ToSupervisor } from './messages.js';
import { decode, encode } from './payload.js';
import type { WorkerProcess } from './worker-process.js';

/** Questions of one worker that may wait at once. */
const MOST = 32;

type Ask = Extract<ToSupervisor, { kind: 'ask' }>;
type Answer = Extract<ToSupervisor, { kind: 'answer' }>;
/** Who answers: a worker, or the supervisor for what only it knows. */
type Party = WorkerProcess | 'supervisor';

interface Pending {
  readonly asker: WorkerProcess;
  readonly ask: Ask;
  readonly asked: readonly Party[];
  readonly answers: Map<Party, Uint8Array>;
  readonly failures: string[];
  readonly waiting: Set<Party>;
  timer: NodeJS.Timeout | null;
}

/** Passes questions on and gathers the answers: of those that answer in time. */
export class Switchboard {
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  /**
   * @param workers those to ask.
   * @param own what the supervisor answers itself: alone, unless the topic is inherited.
   */
  constructor(private readonly workers: () => readonly WorkerProcess[], private readonly own: Handlers, private readonly estate: Estate) {}

  ask(asker: WorkerProcess, ask: Ask): void {
    if ([...this.#pending.values()].filter((one) => one.asker === asker).length >= MOST) {
      asker.send({ kind: 'replies', id: ask.id, answers: [], failures: ['too many questions at once'] });
      return;
    }
    const own = this.own.has(ask.topic);
    const workers = own && !this.estate.keeps(ask.topic) ? [] : this.workers();
    const asked: readonly Party[] = own ? [...workers, 'supervisor'] : workers;
    const id = this.#next++;
    const pending: Pending = { asker, ask, asked, answers: new Map(), failures: [], waiting: new Set(asked), timer: null };
    this.#pending.set(id, pending);
    pending.timer = setTimeout(() => this.#finish(id, pending), ask.limit);
    for (const worker of workers) worker.send({ kind: 'question', id, topic: ask.topic, question: ask.question });
    if (own) void this.#answerOurselves(id, pending);
    else if (workers.length === 0) this.#finish(id, pending);
  }

  answer(worker: WorkerProcess, { answer, failure, id }: Answer): void {
    const pending = this.#pending.get(id);
    if (answer && pending) this.estate.note(worker, pending.ask.topic, answer);
    this.#take(id, worker, answer ?? `worker ${worker.id}: ${failure}`);
  }

  /** It will answer nothing any more. */
  gone(worker: WorkerProcess): void {
    for (const [id, pending] of this.#pending) {
      if (pending.asker === worker) this.#drop(id, pending);
      else this.#take(id, worker, `worker ${worker.id}: it ended`);
    }
  }

  async #answerOurselves(id: number, { ask }: Pending): Promise<void> {
    try {
      const outcome = await this.own.answer(ask.topic, decode(ask.question));
      this.#take(id, 'supervisor', 'answer' in outcome ? encode(outcome.answer) : `supervisor: ${outcome.failure}`);
    } catch (error) {
      this.#take(id, 'supervisor', `supervisor: ${(error as Error).message}`);
    }
  }

  #take(id: number, from: Party, result: Uint8Array | string): void {
    const pending = this.#pending.get(id);
    if (!pending?.waiting.delete(from)) return;
    if (typeof result === 'string') pending.failures.push(result);
    else pending.answers.set(from, result);
    if (pending.waiting.size === 0) this.#finish(id, pending);
  }

  #finish(id: number, pending: Pending): void {
    const { ask, asker, failures, waiting } = pending;
    this.#drop(id, pending);
    for (const party of waiting) failures.push(`${party === 'supervisor' ? party : `worker ${party.id}`}: no answer in time`);
    asker.send({ kind: 'replies', id: ask.id, answers: this.#answers(pending), failures });
  }

  /** What a worker counted is told once: by itself, or, when it has ended meanwhile, by the estate. */
  #answers({ answers, ask, asked }: Pending): Uint8Array[] {
    if (!this.estate.keeps(ask.topic)) return [...answers.values()];
    const told = asked.map((party) => {
      if (party === 'supervisor') return answers.get(party);
      return this.estate.settled(party) ? undefined : (answers.get(party) ?? this.estate.latest(party, ask.topic));
    });
    return [...told, this.estate.left(ask.topic)].filter((answer) => answer !== undefined && answer !== null);
  }

  #drop(id: number, { timer }: Pending): void {
    if (timer) clearTimeout(timer);
    this.#pending.delete(id);
  }
}
