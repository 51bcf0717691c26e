/**
 * How much a client wants a media type (RFC 9110 12.5.1): 0 to 1, by the most specific range that names it. A client
 * that says nothing wants nothing in particular: 0.
 * @param accept value of `Accept`.
 * @param type in lower case, without parameters.
 */
export function wantedness(accept: string | undefined, type: string): number {
  let best = { precision: -1, quality: 0 };
  for (const item of accept === undefined ? [] : accept.split(',')) {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const precision = fits(range, type);
    if (precision <= best.precision) continue;
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    best = { precision, quality: Number.isNaN(quality) ? 0 : Math.min(quality, 1) };
  }
  return best.quality;
}

/** 2: the very type; 1: `type/*`; 0: any; -1: another. */
function fits(range: string, type: string): number {
  if (range === type) return 2;
  if (range === '*/*') return 0;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1)) ? 1 : -1;
}
