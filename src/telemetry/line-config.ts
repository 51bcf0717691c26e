import type { Exchange } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import type { LogConfig } from './log-config.js';

/** The access line of an exchange: one JSON object and a line feed. */
export type AccessLine = (exchange: Exchange) => string;

/** What of the configuration decides how a line looks. */
export interface LineConfig extends Pick<LogConfig, 'query' | 'headers' | 'redact' | 'names' | 'rest' | 'add' | 'nested' | 'nulls' | 'marks' | 'debug'> {
  /** Patterns of the file's routes: what their parameters are called says which of them are secrets. */
  readonly patterns: readonly string[];
}

/** What a configuration says of lines. */
export function lineConfigOf({ log, routes }: Pick<GatewayConfig, 'log' | 'routes'>): LineConfig {
  return { ...log, patterns: Object.values(routes).flatMap(({ match }) => match.path) };
}

/** The value of a field as JSON; `null` where there is none. `duration` is in milliseconds. */
export type FieldText = (exchange: Exchange, duration: number) => string | null;
