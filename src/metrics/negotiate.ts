import { openMetrics, prometheusText, type Format } from './exposition.js';

/** RFC 9110 12.5.1: the format an `Accept` value prefers; the Prometheus text where it says nothing of the other. */
export function negotiate(accept: string | undefined): Format {
  let open = 0;
  let text = 0;
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = qualityOf(parameters);
    if (type === 'application/openmetrics-text') open = Math.max(open, weight);
    if (type === 'text/plain') text = Math.max(text, weight);
  }
  return open > 0 && open >= text ? openMetrics : prometheusText;
}

function qualityOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return quality === undefined ? 1 : Number(quality.slice(2)) || 0;
}
