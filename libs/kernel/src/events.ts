import { channel, type Channel } from 'node:diagnostics_channel';
import type { Exchange } from './exchange.js';

/** A typed event over diagnostics_channel: publishing costs one comparison when nobody listens. */
export class Event<T> {
  readonly #channel: Channel;

  constructor(readonly name: string) {
    this.#channel = channel(`passerelle:${name}`);
  }

  get heard(): boolean {
    return this.#channel.hasSubscribers;
  }

  publish(message: T): void {
    if (this.#channel.hasSubscribers) this.#channel.publish(message);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: (message: T) => void): () => void {
    const wrapped = (message: unknown): void => listener(message as T);
    this.#channel.subscribe(wrapped);
    return () => this.#channel.unsubscribe(wrapped);
  }
}

/** The four outcomes of a reload. */
export interface ReloadReport {
  readonly file: string;
  /** Hash of the effective configuration; empty when it could not be loaded. */
  readonly version: string;
  /** What is wrong, one line each; empty when all is well. */
  readonly errors: readonly string[];
}

/** Everything rooms tell each other. Listeners never call back into the room that published. */
export const events = {
  exchangeOpened: new Event<Exchange>('exchange:opened'),
  /** After the last byte was handed over, or the client left; every slot is final. */
  exchangeClosed: new Event<Exchange>('exchange:closed'),
  configurationLoaded: new Event<ReloadReport>('configuration:loaded'),
  configurationLoadFailed: new Event<ReloadReport>('configuration:load-failed'),
  configurationApplied: new Event<ReloadReport>('configuration:applied'),
  configurationApplyFailed: new Event<ReloadReport>('configuration:apply-failed'),
} as const;
