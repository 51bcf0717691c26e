import type { Exchange } from '#libs/kernel';
import { REQUEST_VARIABLES, requestVariable } from './request-template.js';
import type { Getter, Resolve } from './template.js';

/** What templates of log lines read from: an exchange that is over. */
export interface LineScope {
  readonly exchange: Exchange;
  /** Milliseconds that it took. */
  readonly duration: number;
  readonly slow: boolean;
  readonly large: boolean;
  readonly failed: boolean;
}

/** From here on a status is no success. */
const REFUSAL = 400;

const FIXED: ReadonlyMap<string, Getter<LineScope>> = new Map<string, Getter<LineScope>>([
  ['status', ({ exchange }) => exchange.status],
  ['duration', ({ duration }) => round(duration)],
  ['seconds', ({ duration }) => round(duration / 1_000)],
  ['targetTime', ({ exchange }) => exchange.target === null ? undefined : round(exchange.targetTime)],
  ['tries', ({ exchange }) => exchange.tries],
  ['bytesIn', ({ exchange }) => exchange.bytesIn],
  ['bytesOut', ({ exchange }) => exchange.bytesOut],
  ['traceId', ({ exchange }) => exchange.traceId || undefined],
  ['correlationId', ({ exchange }) => exchange.correlationId || undefined],
  ['success', ({ exchange, failed }) => exchange.status < REFUSAL && !failed],
  ['authenticated', ({ exchange }) => exchange.principal !== null],
  ['slow', ({ slow }) => slow],
  ['large', ({ large }) => large],
  ['error', ({ failed }) => failed],
  ['problem', ({ exchange }) => (exchange.problem ?? exchange.failure)?.type.code],
  ['detail', ({ exchange }) => (exchange.problem ?? exchange.failure)?.detail],
]);

/** Every name that a template of a log line may use. */
export const LINE_VARIABLES: readonly string[] = [...FIXED.keys(), ...REQUEST_VARIABLES];

/** The getter of a variable of log lines: those of requests, and how it ended. */
export const lineVariable: Resolve<LineScope> = (name) => {
  const fixed = FIXED.get(name);
  if (fixed) return fixed;
  const get = requestVariable(name);
  return get && (({ exchange }) => get(exchange));
};

/** To the third digit behind the point, a microsecond where it is milliseconds. */
function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
