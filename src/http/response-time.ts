import type { GatewayConfig } from '../config/index.js';

/** Name and value of the header that tells how long an answer took. */
export interface ResponseTime {
  readonly header: string;
  /** @param elapsed milliseconds since the request header was complete. */
  value(elapsed: number): string;
}

/** Compiles `responseTime`; `null` where the file has none. */
export function compileResponseTime(setting: GatewayConfig['responseTime']): ResponseTime | null {
  if (setting === undefined) return null;
  const { header, decimals } = setting;
  const divisor = setting.unit === 's' ? 1_000 : 1;
  return { header, value: (elapsed) => (elapsed / divisor).toFixed(decimals) };
}
