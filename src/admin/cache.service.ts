import { Injectable } from '@nestjs/common';
import { Problem, problems } from '#libs/kernel';
import { ResponseCaches, type CacheView, type PurgeBy } from '../cache/index.js';
import { agreed, type Agreed } from './service-view.js';

/** The cache as all workers together see it. Counts and sizes in bytes add up. */
export interface JoinedCacheView extends Omit<CacheView, 'redis'> {
  readonly workers: number;
  /** `off`, why it is not asked, or `null` where it is. */
  readonly redis: Agreed<string | null>;
}

/** What became of a purge. */
export interface PurgeOutcome {
  /** Records that there were in the memory of all workers. */
  readonly memory: number;
  /** Records that there were in Redis; `null` where there is none, or it is away and will hear of it later. */
  readonly redis: number | null;
}

/** What is asked of the cache by hand. */
export interface PurgeQuery {
  readonly key?: string | undefined;
  readonly prefix?: string | undefined;
  readonly tag?: string | undefined;
}

/** Looks at the cache, and takes things out of it, in all workers and instances. */
@Injectable()
export class CacheService {
  constructor(private readonly caches: ResponseCaches) {}

  async view(): Promise<JoinedCacheView> {
    const { answers } = await this.caches.views();
    const sum = (count: (view: CacheView) => number): number => answers.reduce((total, view) => total + count(view), 0);
    const outcome = (name: keyof CacheView['outcomes']): number => sum(({ outcomes }) => outcomes[name]);
    return {
      workers: answers.length,
      entries: sum(({ entries }) => entries), bytes: sum(({ bytes }) => bytes), maxBytes: sum(({ maxBytes }) => maxBytes), evictions: sum(({ evictions }) => evictions),
      outcomes: { hit: outcome('hit'), stale: outcome('stale'), revalidated: outcome('revalidated'), collapsed: outcome('collapsed'), miss: outcome('miss'), bypass: outcome('bypass') },
      redis: agreed(answers.map(({ redis }) => redis)),
    };
  }

  /** @throws Problem by rejection: unprocessable, or that a worker could not. */
  async purge(query: PurgeQuery): Promise<PurgeOutcome> {
    const { failures, ...outcome } = await this.caches.purge(purgeBy(query));
    if (failures.length > 0) throw new Problem(problems.internal, `Some workers did not do it: ${failures.join('; ')}`);
    return outcome;
  }
}

function purgeBy(query: PurgeQuery): PurgeBy {
  const given = (['key', 'prefix', 'tag'] as const).filter((name) => query[name] !== undefined);
  const [by] = given;
  const text = by && query[by];
  // A parameter that comes twice is a list.
  if (given.length !== 1 || by === undefined || typeof text !== 'string' || text.trim() === '') {
    throw new Problem(problems.unprocessable, 'Exactly one of the parameters "key", "prefix" and "tag" is needed');
  }
  if (by === 'key') return { key: text };
  if (by === 'prefix') return { prefix: text };
  return { tags: text.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '') };
}
