import type { Clock } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import type { Placeholders } from './endpoint-answer.js';

/** What the gateway says about itself at one moment. */
export interface GatewayFacts {
  readonly config: GatewayConfig;
  /** ISO 8601. */
  readonly timestamp: string;
  /** Seconds since the start. */
  readonly uptime: number;
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
};

/** Looks at the clock. */
export class GatewayFactsService {
  readonly #startedAt: number;

  constructor(private readonly clock: Clock) {
    this.#startedAt = clock.elapsed();
  }

  now(config: GatewayConfig): GatewayFacts {
    const uptime = Math.round(this.clock.elapsed() - this.#startedAt) / 1_000;
    return { config, timestamp: new Date(this.clock.now()).toISOString(), uptime };
  }
}
