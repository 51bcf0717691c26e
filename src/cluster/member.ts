import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Image } from '../config/index.js';
import { Fleet, type Replies, type Topic } from './fleet.js';
import { Handlers } from './handlers.js';
import { Link, type ChannelEnd } from './link.js';
import { toWorker, type FailedReloadNote, type ToSupervisor, type ToWorker } from './messages.js';
import { decode, encode } from './payload.js';

const ANSWER_LIMIT = 2_000;
/** Milliseconds that the supervisor may take beyond the limit it keeps itself. */
const PATIENCE = 1_000;
/** Milliseconds that a supervisor with much to do may take to let a worker go. */
const DISMISSAL_LIMIT = 5_000;

/** What the supervisor asks of a worker that is ready. */
export interface Duties {
  /** Loads the configuration of an image. @returns what is wrong, one line each. */
  reload(image: Image): Promise<readonly string[]>;
  /** Hash of the configuration in force. */
  version(): string;
  /** A reload failed before it got here. */
  note(failed: FailedReloadNote): void;
  /** Takes no more connections, answers what is in flight, ends. May be called again. */
  leave(manner: 'gentle' | 'prompt'): void;
  /** The supervisor is gone, and with it whoever read the log. Leaves, for nobody will ask for it. */
  orphaned(): void;
}

/** Replies as they travel. */
interface RawReplies {
  readonly answers: readonly Uint8Array[];
  readonly failures: readonly string[];
}

/** This process as one of several workers: its side of what goes on between it and the supervisor. */
export class Member extends Fleet {
  readonly #link: Link<ToWorker, ToSupervisor>;
  readonly #handlers = new Handlers();
  readonly #asked = new Map<number, (replies: RawReplies) => void>();
  readonly #image = Promise.withResolvers<Image>();
  #duties: Duties | null = null;
  readonly #dismissed = Promise.withResolvers<void>();
  #next = 0;

  constructor(readonly worker: number, end: ChannelEnd) {
    super();
    this.#link = new Link(end, toWorker);
    this.#link.onMessage((message) => this.#hear(message));
    this.#link.onLost(() => this.#dismissed.resolve());
    void this.#link.send({ kind: 'hello' });
  }

  /** This process, forked by a supervisor. */
  static here(): Member {
    return new Member(cluster.worker?.id ?? 0, process);
  }

  /** The configuration to start with. */
  get image(): Promise<Image> {
    return this.#image.promise;
  }

  /** The gateway stands and takes connections. */
  async stand(url: string, duties: Duties): Promise<void> {
    this.#duties = duties;
    // Node would end a worker whose supervisor is gone there and then; what is in flight is to be answered first.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
    this.#link.onLost(() => duties.orphaned());
    await this.#link.send({ kind: 'ready', url, version: duties.version() });
  }

  /** @param message why it cannot start, in words for the user. */
  async fail(message: string): Promise<void> {
    await this.#link.send({ kind: 'failed', message });
  }

  /** It was asked to go; it is told to leave when another has taken its place. */
  relieve(): void {
    void this.#link.send({ kind: 'relieve' });
  }

  /**
   * Hands over what must not be lost, and waits until the supervisor has it. Call it when nothing changes any more. What
   * the supervisor gave to it before it knew, it has got by then: node:cluster gives connections that come too late back,
   * but loses those that nobody reads any more.
   */
  async bequeath(): Promise<void> {
    const answers: [string, Uint8Array][] = [];
    for (const topic of this.#handlers.inherited) {
      const outcome = await this.#handlers.answer(topic, null);
      if ('answer' in outcome) answers.push([topic, encode(outcome.answer)]);
    }
    if (await this.#link.send({ kind: 'legacy', answers })) await Promise.race([this.#dismissed.promise, sleep(DISMISSAL_LIMIT, undefined, { ref: false })]);
  }

  answer<Q, A>(topic: Topic<Q, A>, handler: (question: Q) => A | Promise<A>): void {
    this.#handlers.add(topic, handler);
  }

  async ask<Q, A>(topic: Topic<Q, A>, question: Q): Promise<Replies<A>> {
    const answers: A[] = [];
    const replies = await this.#call(topic, question).catch((error: unknown) => ({ answers: [], failures: [String(error)] }));
    const failures = [...replies.failures];
    for (const bytes of replies.answers) {
      const parsed = topic.answer.safeParse(unpacked(bytes));
      if (parsed.success) answers.push(parsed.data);
      else failures.push('an answer is of another form than expected');
    }
    return { answers, failures };
  }

  /** Without a supervisor there is nobody but this worker. */
  async #call<Q, A>(topic: Topic<Q, A>, question: Q): Promise<RawReplies> {
    const limit = topic.limit ?? ANSWER_LIMIT;
    if (!this.#link.connected) return this.#alone(topic.name, question, { limit, why: 'the supervisor is gone' });
    const id = this.#next++;
    const bytes = encode(question);
    const { promise, resolve } = Promise.withResolvers<RawReplies | null>();
    this.#asked.set(id, resolve);
    const timer = setTimeout(() => resolve(null), limit + PATIENCE);
    const sent = await this.#link.send({ kind: 'ask', id, topic: topic.name, question: bytes, limit });
    const replies = sent ? await promise : null;
    clearTimeout(timer);
    this.#asked.delete(id);
    return replies ?? this.#alone(topic.name, question, { limit, why: 'the supervisor does not answer' });
  }

  async #alone(topic: string, question: unknown, { limit, why }: { readonly limit: number; readonly why: string }): Promise<RawReplies> {
    const outcome = await Promise.race([this.#handlers.answer(topic, question), sleep(limit, { failure: 'no answer in time' }, { ref: false })]);
    return 'answer' in outcome ? { answers: [encode(outcome.answer)], failures: [why] } : { answers: [], failures: [why, outcome.failure] };
  }

  #hear(message: ToWorker): void {
    switch (message.kind) {
      case 'start': return this.#image.resolve(message.image);
      case 'reload': return void this.#reload(message.id, message.image);
      case 'failed-reload': return this.#duties?.note(message);
      case 'leave': return this.#duties?.leave(message.manner);
      case 'question': return void this.#reply(message.id, message.topic, message.question);
      case 'dismissed': return this.#dismissed.resolve();
      case 'replies': return this.#asked.get(message.id)?.(message);
      default: return message satisfies never;
    }
  }

  async #reload(id: number, image: Image): Promise<void> {
    if (!this.#duties) return;
    const errors = await this.#duties.reload(image).catch((error: unknown) => [String(error)]);
    await this.#link.send({ kind: 'reloaded', id, version: this.#duties.version(), errors: [...errors] });
  }

  async #reply(id: number, topic: string, question: Uint8Array): Promise<void> {
    const outcome = await this.#handlers.answer(topic, unpacked(question));
    await this.#link.send('answer' in outcome ? packed(id, outcome.answer) : { kind: 'answer', id, answer: null, failure: outcome.failure });
  }
}

function packed(id: number, answer: unknown): ToSupervisor {
  try {
    return { kind: 'answer', id, answer: encode(answer), failure: '' };
  } catch (error) {
    return { kind: 'answer', id, answer: null, failure: (error as Error).message };
  }
}

function unpacked(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}
