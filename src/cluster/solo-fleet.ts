import { Fleet, type Replies, type Topic } from './fleet.js';
import { Handlers } from './handlers.js';

/** A gateway of one process: who asks, answers. */
export class SoloFleet extends Fleet {
  readonly worker = null;
  readonly #handlers = new Handlers();

  answer<Q, A>(topic: Topic<Q, A>, handler: (question: Q) => A | Promise<A>): void {
    this.#handlers.add(topic, handler);
  }

  async ask<Q, A>(topic: Topic<Q, A>, question: Q): Promise<Replies<A>> {
    const outcome = await this.#handlers.answer(topic.name, question);
    return 'answer' in outcome ? { answers: [outcome.answer as A], failures: [] } : { answers: [], failures: [outcome.failure] };
  }
}
