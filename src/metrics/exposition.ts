import type { Labels, MetricFamily, Sample } from './metric-family.js';

/** A text format that scrapers read. */
export interface Format {
  readonly contentType: string;
  write(families: readonly MetricFamily[]): string;
}

/** Prometheus text format 0.0.4. */
export const prometheusText: Format = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  write: (families) => families.map((family) => block(family.name, family.type, family, noExemplar)).join(''),
};

/** OpenMetrics 1.0. */
export const openMetrics: Format = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  write: (families) => `${families.map(openMetricsBlock).join('')}# EOF\n`,
};

/** A counter's family has no `_total`, its series has. One named otherwise would change its name, so it is `unknown`. */
function openMetricsBlock(family: MetricFamily): string {
  if (family.type !== 'counter') return block(family.name, family.type, family, exemplarText);
  const bare = family.name.replace(/_total$/, '');
  return bare === family.name ? block(family.name, 'unknown', family, exemplarText) : block(bare, family.type, family, exemplarText);
}

function block(name: string, type: string, { help, samples }: MetricFamily, suffix: (sample: Sample) => string): string {
  let text = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  for (const sample of samples) text += `${sample.name}${labelText(sample.labels)} ${numberText(sample.value)}${suffix(sample)}\n`;
  return text;
}

/** OpenMetrics 1.0, exemplars: only buckets have them here. */
function exemplarText({ exemplar }: Sample): string {
  return exemplar === undefined ? '' : ` # {trace_id="${exemplar.traceId}"} ${numberText(exemplar.value)} ${exemplar.at.toFixed(3)}`;
}

/** The older format has none. */
function noExemplar(): string {
  return '';
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${name === 'le' || name === 'quantile' ? boundText(value) : escapeLabel(String(value))}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** OpenMetrics 1.0, canonical numbers: a bound is a label, and labels are compared as text. */
function boundText(value: string | number): string {
  const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
  return Number.isInteger(number) ? number.toFixed(1) : numberText(number);
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

/** The two formats disagree on how a quotation mark is escaped in a help text, so there is none. */
function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', "'");
}

function escapeLabel(text: string): string {
  return /[\\"\n]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"') : text;
}
