/** A number of requests and the time they are for, in milliseconds. */
export interface Rate {
  readonly count: number;
  readonly window: number;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000, sec: 1_000, second: 1_000,
  m: 60_000, min: 60_000, minute: 60_000,
  h: 3_600_000, hr: 3_600_000, hour: 3_600_000,
  d: 86_400_000, day: 86_400_000,
};

/**
 * `10/minute`, `100/min`, `5/s`, `100/10s`, `100 per minute`. Counts are whole, at least 1; a unit may stand in the plural.
 * @returns `undefined` for text it does not understand.
 */
export function parseRate(text: string): Rate | undefined {
  const match = /^(\d+)(?:\s*\/\s*|\s+per\s+)(\d+(?:\.\d+)?)?\s*([a-z]+)$/.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const [, count, times = '1', unit = ''] = match;
  const length = UNITS[unit] ?? UNITS[unit.replace(/s$/, '')];
  const rate = { count: Number(count), window: Number(times) * (length ?? 0) };
  return rate.count >= 1 && rate.window >= 1 && Number.isSafeInteger(rate.count) && Number.isSafeInteger(rate.window) ? rate : undefined;
}
