import { z } from 'zod';
import type { Clock, Random } from '#libs/kernel';
import { ConsulClient, type ConsulAnswer, type ConsulQuestion, type ConsulServer } from './consul-client.js';
import { ConsulError } from './consul-error.js';
import { watchConsul } from './consul-watch.js';

/** One key of Consul's store. */
export interface ConsulKey {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A key, or with a `/` at its end all keys below it. */
export interface ConsulPlace {
  readonly server: ConsulServer;
  readonly key: string;
}

/**
 * Reads a key, or all keys below a prefix, sorted; none when there is no such key.
 * @throws ConsulError by rejection when Consul cannot be asked, refuses, or says something that makes no sense.
 */
export async function readConsulKeys({ server, key }: ConsulPlace): Promise<readonly ConsulKey[]> {
  const client = new ConsulClient(server);
  try {
    return keysIn(await client.ask(questionOf(key), null));
  } finally {
    client.close();
  }
}

export interface KeyWatching {
  /** Milliseconds; see the discovery's `wait`. */
  readonly wait: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Called for each answer, also for one that says the same again. */
  found(keys: readonly ConsulKey[]): void;
  /** Called for each failure. */
  lost(why: string): void;
}

/**
 * Follows a key, or all keys below a prefix, by blocking queries.
 * @returns a function that ends it.
 */
export function watchConsulKeys({ server, key }: ConsulPlace, watching: KeyWatching): () => void {
  const { wait, clock, random } = watching;
  return watchConsul({ client: new ConsulClient(server), question: questionOf(key), wait, clock, random }, {
    answered: (answer) => watching.found(keysIn(answer)),
    failed: (why) => watching.lost(why),
  });
}

function questionOf(key: string): ConsulQuestion {
  return { path: `/v1/kv/${key.split('/').map(encodeURIComponent).join('/')}`, query: key.endsWith('/') ? [['recurse', 'true']] : [] };
}

const keys = z.array(z.object({ Key: z.string(), Value: z.string().nullable() }));

function keysIn({ status, text }: ConsulAnswer): readonly ConsulKey[] {
  if (status === 404) return [];
  const { data } = keys.safeParse(parsed(text));
  if (!data) throw new ConsulError('the answer of Consul is not a list of keys');
  // A key that ends in a slash is a folder of Consul's own pages.
  return data.filter(({ Key }) => !Key.endsWith('/')).map(({ Key, Value }) => ({ key: Key, value: Buffer.from(Value ?? '', 'base64') })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
