import type { CacheOutcome, Clock } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import type { Placeholders } from '../http/endpoint-answer.js';

/** What the gateway says about itself at one moment. */
export interface GatewayFacts {
  readonly config: GatewayConfig;
  /** ISO 8601. */
  readonly timestamp: string;
  /** Seconds since the start. */
  readonly uptime: number;
  /** Share of the answers that the cache had at hand, of those it could have had; `null` while there was none. */
  readonly cacheHitRatio: () => number | null;
}

/** What any template of ours may say. */
export const factPlaceholders: Placeholders<GatewayFacts> = {
  title: ({ config }) => config.info.title,
  service: ({ config }) => config.info.name,
  version: ({ config }) => config.info.version,
  environment: ({ config }) => config.info.environment,
  hash: ({ config }) => config.hash,
  timestamp: ({ timestamp }) => timestamp,
  uptime: ({ uptime }) => uptime,
  cacheHitRatio: ({ cacheHitRatio }) => cacheHitRatio(),
};

/** Looks at the clock. */
export class GatewayFactsService {
  readonly #startedAt: number;

  constructor(private readonly clock: Clock, private readonly cacheHitRatio: GatewayFacts['cacheHitRatio']) {
    this.#startedAt = clock.elapsed();
  }

  now(config: GatewayConfig): GatewayFacts {
    const uptime = Math.round(this.clock.elapsed() - this.#startedAt) / 1_000;
    return { config, timestamp: new Date(this.clock.now()).toISOString(), uptime, cacheHitRatio: this.cacheHitRatio };
  }
}

/** @param outcomes how often the cache did what. */
export function hitRatio({ collapsed, hit, miss, revalidated, stale }: Readonly<Record<CacheOutcome, number>>): number | null {
  const hits = hit + stale + revalidated + collapsed;
  return hits + miss === 0 ? null : hits / (hits + miss);
}
