import type { RedisPlace } from '../config/schema/redis-url.js';
import { connected, type Client } from './client.js';
import { reasonOf } from './errors.js';

/** How one of several servers is asked about all of them. */
export interface Asking {
  readonly open: (place: RedisPlace) => Promise<Client>;
  readonly command: readonly string[];
  /** Milliseconds for each. */
  readonly timeout: number;
  /** Who they are, in an error. */
  readonly who: string;
}

/**
 * Asks servers one after the other, on connections of their own, until one answers. It begins with any of them: one that
 * is wrong is not always the one to be believed.
 * @throws Error when none answers.
 */
export async function askAny(places: readonly RedisPlace[], { open, command, timeout, who }: Asking): Promise<{ readonly reply: unknown; readonly from: RedisPlace }> {
  const start = Math.floor(Math.random() * places.length);
  let why = '';
  for (const place of [...places.slice(start), ...places.slice(0, start)]) {
    const client = await open(place);
    try {
      let reply: unknown;
      await connected(client, timeout, async (made) => { reply = await made.sendCommand(command); });
      return { reply, from: place };
    } catch (error) {
      why = reasonOf(error);
    } finally {
      client.destroy();
    }
  }
  throw new Error(`${who} cannot be asked: ${why}`);
}
