/** Parsers for quantities with units. Each returns `undefined` for text it does not understand. */

const DURATION: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE: Readonly<Record<string, number>> = {
  b: 1, kb: 1_000, mb: 1_000_000, gb: 1_000_000_000, kib: 1_024, mib: 1_048_576, gib: 1_073_741_824,
};

function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  let total = 0;
  let rest = text.trim().toLowerCase();
  if (rest === '') return undefined;
  while (rest !== '') {
    const part = /^(\d+(?:\.\d+)?)\s*([a-z]+)\s*/.exec(rest);
    const factor = part?.[2] === undefined ? undefined : units[part[2]];
    if (!part || factor === undefined) return undefined;
    total += Number(part[1]) * factor;
    rest = rest.slice(part[0].length);
  }
  return total;
}

/** `250ms`, `1.5s`, `2m`, `1h30m`, `7d` to milliseconds. */
export function parseDuration(text: string): number | undefined {
  return quantity(text, DURATION);
}

/** `512b`, `10kB`, `1MiB`, `5mb` to bytes (powers of ten without the `i`, of two with it). */
export function parseSize(text: string): number | undefined {
  const bytes = quantity(text, SIZE);
  return bytes === undefined ? undefined : Math.floor(bytes);
}

/** `50%` to 0.5. */
export function parseShare(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  return match ? Number(match[1]) / 100 : undefined;
}
