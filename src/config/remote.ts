import { createHash } from 'node:crypto';
import { ConsulError, readConsulKeys, watchConsulKeys, type ConsulKey, type ConsulPlace } from '#libs/discovery';
import { Secret, systemClock } from '#libs/kernel';
import type { Environment } from './interpolate.js';
import type { RemoteAddress } from './remote-address.js';

/** Milliseconds after which Consul answers though nothing changed: the longest that a change stays unknown after a fault. */
const WAIT = 60_000;

/** One document of a configuration that is not a file. */
export interface RemoteDocument {
  /** As people know it: `consul://host:port/key`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is at an address. */
export type Fetched = { readonly documents: readonly RemoteDocument[] } | { readonly problem: string };

/** An address of a configuration, what was there when it was read, and how to hear of changes. */
export class Remote {
  readonly #token: string;
  /** Tells one state of what is there from another; `null` when it could not be read. */
  readonly state: string | null;

  private constructor(private readonly address: RemoteAddress, token: string, readonly fetched: Fetched) {
    this.#token = token;
    this.state = 'problem' in fetched ? null : digest(fetched.documents);
  }

  /** Reads what is there. Never rejects: what goes wrong is a problem of what was fetched. */
  static async read(address: RemoteAddress, env: Environment): Promise<Remote> {
    const token = env['CONSUL_HTTP_TOKEN'] ?? '';
    try {
      const keys = await readConsulKeys(placeOf(address, token));
      return new Remote(address, token, { documents: documentsOf(address, keys) });
    } catch (error) {
      if (!(error instanceof ConsulError)) throw error;
      return new Remote(address, token, { problem: error.message });
    }
  }

  /** Whether following one hears the same as following the other. */
  isLike(other: Remote): boolean {
    return this.address.url === other.address.url && this.#token === other.#token;
  }

  /**
   * Tells the state whenever it may have changed, and `null` while Consul is away.
   * @returns a function that ends it.
   */
  follow(tell: (state: string | null) => void): () => void {
    return watchConsulKeys(placeOf(this.address, this.#token), {
      wait: WAIT,
      clock: systemClock,
      random: Math.random,
      found: (keys) => tell(digest(documentsOf(this.address, keys))),
      lost: () => tell(null),
    });
  }
}

function placeOf({ api, key }: RemoteAddress, token: string): ConsulPlace {
  return { key, server: { address: api, token: token === '' ? undefined : new Secret(token), tokenSetting: 'the environment variable CONSUL_HTTP_TOKEN' } };
}

function documentsOf({ server }: RemoteAddress, keys: readonly ConsulKey[]): readonly RemoteDocument[] {
  return keys.map(({ key, value }) => ({ name: `${server}/${key}`, bytes: value }));
}

function digest(documents: readonly RemoteDocument[]): string {
  const hash = createHash('sha256');
  for (const { name, bytes } of documents) hash.update(`${JSON.stringify(name)} ${bytes.length} `).update(bytes);
  return hash.digest('base64');
}
