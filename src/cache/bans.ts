import { addressIn, compilePrefix, originIn } from './address.js';
import type { Invalidation } from './invalidation.js';

/** One invalidation, from when it was asked for until it is done everywhere that can be reached. */
interface Ban {
  /** How many are under way. */
  open: number;
  /** When the last one was done, in milliseconds since the epoch; 0 for none yet. */
  at: number;
}

/** Milliseconds that a ban is remembered: longer than a request to a service takes. */
const REMEMBERED = 60_000;
/** Names remembered at most. */
const MOST = 20_000;

/**
 * What was forgotten lately. What was asked for before that may still be on its way, from a service or from Redis, and is
 * as old as what was forgotten: it must not be kept.
 */
export class Bans {
  readonly #addresses = new Map<string, Ban>();
  readonly #tags = new Map<string, Ban>();
  readonly #prefixes = new Map<string, Ban & { readonly begins: (key: string) => boolean }>();

  constructor(private readonly now: () => number) {}

  /** @returns a function to call when it is done. */
  open(invalidation: Invalidation): () => void {
    const bans = this.#bansOf(invalidation);
    for (const ban of bans) ban.open++;
    return () => {
      for (const ban of bans) {
        ban.open--;
        ban.at = this.now();
      }
      this.#forget();
    };
  }

  /** @param since when it was asked for what is to be kept now; milliseconds since the epoch. */
  cover(key: string, tags: readonly string[], since: number): boolean {
    if (this.#addresses.size > 0 && holds(this.#addresses.get(addressIn(key)), since)) return true;
    if (this.#tags.size > 0 && tags.length > 0) {
      const origin = originIn(key);
      if (tags.some((tag) => holds(this.#tags.get(tag), since) || holds(this.#tags.get(tagOf(origin, tag)), since))) return true;
    }
    for (const ban of this.#prefixes.values()) if (holds(ban, since) && ban.begins(key)) return true;
    return false;
  }

  #bansOf(invalidation: Invalidation): readonly Ban[] {
    if ('addresses' in invalidation) return invalidation.addresses.map((address) => latest(this.#addresses, address, fresh));
    if ('tags' in invalidation) return namesOf(invalidation).map((name) => latest(this.#tags, name, fresh));
    return [latest(this.#prefixes, invalidation.prefix, () => ({ ...fresh(), begins: compilePrefix(invalidation.prefix) }))];
  }

  /** Those used last stand last. */
  #forget(): void {
    const old = this.now() - REMEMBERED;
    for (const bans of [this.#addresses, this.#tags, this.#prefixes]) {
      for (const [name, { at, open }] of bans) {
        if (bans.size <= MOST && (open > 0 || at > old)) break;
        bans.delete(name);
      }
    }
  }
}

/** A tag by itself is one of all origins; that of what is kept for any host has an empty one. */
function namesOf({ origin, tags }: Extract<Invalidation, { tags: unknown }>): readonly string[] {
  return origin === undefined ? tags : tags.flatMap((tag) => [tagOf(origin, tag), tagOf('', tag)]);
}

/** No tag of an answer has a line break in it. */
function tagOf(origin: string, tag: string): string {
  return `${origin}\n${tag}`;
}

function fresh(): Ban {
  return { open: 0, at: 0 };
}

function holds(ban: Ban | undefined, since: number): boolean {
  return ban !== undefined && (ban.open > 0 || since <= ban.at);
}

function latest<B>(bans: Map<string, B>, name: string, create: () => B): B {
  const ban = bans.get(name) ?? create();
  bans.delete(name);
  bans.set(name, ban);
  return ban;
}
