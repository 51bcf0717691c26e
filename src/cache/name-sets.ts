import { createHash, hash } from 'node:crypto';
import { z } from 'zod';
import type { Script } from '#libs/rate-limit';
import type { RedisConnection } from '../redis/index.js';
import type { Invalidation } from './invalidation.js';

const HOUR = 3_600_000;
/** Milliseconds that a record stays in Redis at most, whatever it says. */
export const LONGEST = 7 * 24 * HOUR;

/**
 * Spans of time, in milliseconds, that a set is about. A set that grew for as long as a tag is in use would never be rid of
 * the keys that are long gone; one that is about a span ends with the last of its records.
 */
const SPANS = [HOUR, LONGEST] as const;

/** Clocks of instances may differ by as much. */
const SKEW = 60_000;

type Kind = 'address' | 'tag';

const source = "return redis.call('SSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])";
/** A part of a set: a whole one may be too large to come in time. */
const PAGE: Script = { source, sha: createHash('sha1').update(source).digest('hex') };
/** Members that Redis looks at for one answer. */
const AT_ONCE = '500';

const page = z.tuple([z.string(), z.array(z.string())]);

/** Sets in Redis: which keys a tag or an address stands for. */
export class NameSets {
  constructor(private readonly connection: Pick<RedisConnection, 'commands' | 'run'>) {}

  /** @param keep milliseconds. */
  async add(key: string, names: readonly (readonly [Kind, string])[], { keep, now }: { readonly keep: number; readonly now: number }): Promise<void> {
    const span = SPANS.find((each) => keep <= each) ?? LONGEST;
    await Promise.all(names.map(([kind, name]) => this.connection.commands.addTo(setOf(kind, name, [span, Math.floor(now / span)]), [key], keep + SKEW)));
  }

  /** Keys that are known by a name, those of records that are gone too, in parts. One may come twice. */
  async *of(invalidation: Exclude<Invalidation, { prefix: string }>, now: number): AsyncGenerator<readonly string[]> {
    const [kind, names] = 'tags' in invalidation ? (['tag', invalidation.tags] as const) : (['address', invalidation.addresses] as const);
    const sets = names.flatMap((name) => spansAround(now).map((span) => setOf(kind, name, span)));
    // The first parts of all together: mostly there are no others.
    const parts = await Promise.all(sets.map(async (set) => ({ set, part: await this.#page(set, '0') })));
    for (const { part: [first, keys], set } of parts) {
      if (keys.length > 0) yield keys;
      for (let cursor = first; cursor !== '0';) {
        const [next, more] = await this.#page(set, cursor);
        if (more.length > 0) yield more;
        cursor = next;
      }
    }
  }

  async #page(set: string, cursor: string): Promise<z.output<typeof page>> {
    return page.parse(await this.connection.run(PAGE, [set], [cursor, AT_ONCE]));
  }
}

type Span = readonly [length: number, number: number];

/** The spans in which a record may have been kept that is there now. */
function spansAround(now: number): readonly Span[] {
  return SPANS.flatMap((length) => {
    const numbers = [now - length - SKEW, now - length, now, now + SKEW].map((time) => Math.floor(time / length));
    return [...new Set(numbers)].map((number): Span => [length, number]);
  });
}

/** Names may be long, and hold anything. */
function setOf(kind: Kind, name: string, [length, number]: Span): string {
  return `cache:${kind}:${name.length > 64 ? hash('sha256', name, 'base64url') : name}:${length / HOUR}h${number}`;
}
