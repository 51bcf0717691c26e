import type { Client } from './client.js';
import { reasonOf } from './errors.js';
import { Link, type LinkOptions } from './link.js';

/** Milliseconds between two looks at whether the connection still hears. */
const HEARTBEAT = 5000;

interface Hearer {
  readonly listener: (message: string) => void;
  readonly gap: () => void;
}

/** A connection that only hears, open while somebody listens. Channels are whole. */
export class Subscriber {
  readonly #channels = new Map<string, Set<Hearer>>();
  #link: Link | null = null;
  #heartbeat: NodeJS.Timeout | null = null;

  /** @param options their `patience` and time are those of the heartbeat. */
  constructor(private readonly options: LinkOptions) {}

  subscribe(channel: string, hearer: Hearer): () => void {
    const hearers = this.#channels.get(channel);
    if (hearers) hearers.add(hearer);
    else {
      this.#channels.set(channel, new Set([hearer]));
      this.#begin(channel);
    }
    return () => this.#end(channel, hearer);
  }

  #begin(channel: string): void {
    if (this.#link === null) {
      this.#link = new Link({ ...this.options, greet: (client) => this.#greet(client) }).start();
      this.#heartbeat = setInterval(() => void this.#link?.send(['PING']).catch(() => undefined), HEARTBEAT).unref();
    }
    const { client } = this.#link;
    if (client !== null) this.#hear(client, [channel]).catch((error: unknown) => this.#link?.lose(client, reasonOf(error)));
  }

  async #greet(client: Client): Promise<void> {
    await this.options.greet(client);
    // What is asked for meanwhile is not lost either.
    const heard = new Set<string>();
    for (;;) {
      const channels = [...this.#channels.keys()].filter((channel) => !heard.has(channel));
      if (channels.length === 0) return;
      await this.#hear(client, channels);
      for (const channel of channels) heard.add(channel);
    }
  }

  async #hear(client: Client, channels: readonly string[]): Promise<void> {
    await client.subscribe(channels, (message, channel) => {
      for (const { listener } of this.#channels.get(channel) ?? []) listener(message);
    });
    for (const channel of channels) for (const { gap } of this.#channels.get(channel) ?? []) gap();
  }

  #end(channel: string, hearer: Hearer): void {
    const hearers = this.#channels.get(channel);
    if (!hearers?.delete(hearer) || hearers.size > 0) return;
    this.#channels.delete(channel);
    if (this.#channels.size === 0) void this.close();
    else this.#link?.client?.unsubscribe(channel).catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    const link = this.#link;
    this.#link = null;
    this.#heartbeat = null;
    await link?.close(0);
  }
}
