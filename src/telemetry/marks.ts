import type { Exchange } from '#libs/kernel';
import type { LogConfig } from './log-config.js';

/** From here on a status says that we or a service failed, not the client. */
const FAILURE = 500;

/** Whether it failed: 5xx, an answer that broke off, or one that somebody had to stand in for. */
export function failed({ failure, problem, status }: Exchange): boolean {
  return status >= FAILURE || (problem !== null && problem.status >= FAILURE) || (failure !== null && failure.status >= FAILURE);
}

/** What makes a line worth a look. */
export interface Marks {
  /** @param duration in milliseconds. */
  readonly slow: (exchange: Exchange, duration: number) => boolean;
  readonly large: (exchange: Exchange) => boolean;
  readonly error: (exchange: Exchange) => boolean;
}

/** Compiles `log.marks`; without it nothing is marked. A WebSocket is not slow but long. */
export function compileMarks(config: LogConfig['marks']): Marks {
  if (config === undefined) return { slow: no, large: no, error: no };
  const { error, large, slow } = config;
  return {
    slow: slow === 0 ? no : (exchange, duration) => duration >= slow && exchange.upgrade === null,
    large: large === Number.POSITIVE_INFINITY ? no : ({ bytesIn, bytesOut }) => bytesIn >= large || bytesOut >= large,
    error: error ? failed : no,
  };
}

/** Compiles the fields of the marks that hold, each with a comma in front; `null` where nothing is marked. */
export function compileMarkText(config: LogConfig['marks']): ((exchange: Exchange, duration: number) => string) | null {
  if (config === undefined) return null;
  const { error, large, slow } = compileMarks(config);
  return (exchange, duration) =>
    `${slow(exchange, duration) ? ',"slow":true' : ''}${large(exchange) ? ',"large":true' : ''}${error(exchange) ? ',"error":true' : ''}`;
}

function no(): boolean {
  return false;
}
