import { isOfTheProcess, SERIES, SERIES_WORDS, seriesNamed, type SeriesKind } from '../metric-series.js';
import { nearestName } from '../nearest-name.js';
import { entriesOf, locate, nodeAt } from '../nodes.js';
import type { AliasConfig, MetricsConfig } from '../schema/metrics.js';
import type { Facts } from './facts.js';

type At = readonly (string | number)[];

/** Whether `metrics:` names series and labels that there are, and no name twice: a scraper would refuse the whole page. */
export function checkMetrics({ issues, resolved, root }: Facts): void {
  const metrics = resolved.file?.metrics;
  if (!metrics || !nodeAt(root, ['metrics'])) return;
  const report: Report = (at, message, suggestion) => {
    const path = ['metrics', ...at];
    const written = entriesOf(nodeAt(root, path.slice(0, -1))).find(([name]) => name === at.at(-1))?.[1];
    issues.add(written?.keyPlace ?? locate(root, path).place, path, { message, ...(suggestion !== undefined && { suggestion }) });
  };
  const taken = new Names(metrics, report);
  const { endpoint, method, status } = metrics.labels;
  const usual = { method, endpoint, status_code: status };
  checkLabels(Object.values(usual), ['labels'], report);
  for (const word of Object.keys(metrics.names)) checkSeries(word, ['names', word], report);
  for (const [name, alias] of Object.entries(metrics.aliases)) {
    const at = ['aliases', name];
    const kind = checkSeries(alias.series, at, report);
    taken.add(name, kind?.type ?? null, at);
    if (!kind) continue;
    checkAlias(alias, kind, at, report);
    checkLabels([...labelsOf(alias, kind, usual), ...Object.keys(alias.add)], at, report);
  }
}

type Report = (at: At, message: string, suggestion?: string) => void;

/** @returns what is known of it; `null` for one of the process, `undefined` where there is none. */
function checkSeries(word: string, at: At, report: Report): SeriesKind | null | undefined {
  const name = seriesNamed(word);
  if (name !== undefined) return SERIES[name] ?? null;
  report(at, `there is no series "${word}"; docs/metrics.md lists them`, nearestName(word, [...SERIES_WORDS, ...Object.keys(SERIES)]));
  return undefined;
}

function checkAlias({ labels, where }: AliasConfig, kind: SeriesKind, at: At, report: Report): void {
  for (const [key, names] of [['labels', Object.keys(labels)], ['where', Object.keys(where)]] as const) {
    for (const name of names) {
      const has = kind.labels.length === 0 ? 'it has none' : `it has ${kind.labels.join(', ')}`;
      if (!kind.labels.includes(name)) report([...at, key, name], `the series has no label "${name}"; ${has}`, nearestName(name, kind.labels));
    }
  }
}

/** What its labels are called that stay; `usual` are those that all series have other names for. */
function labelsOf({ labels, where }: AliasConfig, kind: SeriesKind, usual: Readonly<Record<string, string>>): readonly string[] {
  return kind.labels.filter((name) => !(name in where)).map((name) => labels[name] ?? usual[name] ?? name);
}

function checkLabels(names: readonly string[], at: At, report: Report): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) report(at, `two labels of one series are called "${twice}"`);
}

/** The names of all series that are shown. */
class Names {
  readonly #taken = new Map<string, string>();

  constructor({ names }: MetricsConfig, private readonly report: Report) {
    const own = new Map(Object.keys(names).map((word) => [seriesNamed(word), word]));
    for (const [series, { hidden, type }] of Object.entries(SERIES)) if (!own.has(series) && hidden === undefined) this.add(series, type, []);
    const renamed = new Set<string>();
    for (const [word, name] of Object.entries(names)) {
      const series = seriesNamed(word);
      if (series === undefined) continue;
      if (renamed.has(series)) this.report(['names', word], `${series} has a new name already; further ones are \`aliases\``);
      renamed.add(series);
      if (name !== series) this.add(name, SERIES[series]?.type ?? null, ['names', word]);
    }
  }

  add(name: string, type: SeriesKind['type'] | null, at: At): void {
    if (isOfTheProcess(name)) this.report(at, 'names with `process_` or `nodejs_` in front are those of the process');
    for (const written of writtenAs(name, type)) {
      const other = this.#taken.get(written);
      if (other !== undefined) {
        this.report(at, other === name ? `there is another series "${name}"` : `"${name}" and "${other}" would have a series "${written}" each`);
        return;
      }
    }
    for (const written of writtenAs(name, type)) this.#taken.set(written, name);
  }
}

/** What stands on the page for it. OpenMetrics calls a counter by its name without `_total`. */
function writtenAs(name: string, type: SeriesKind['type'] | null): readonly string[] {
  if (type === 'histogram') return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
  return type === 'counter' && name.endsWith('_total') ? [name, name.slice(0, -'_total'.length)] : [name];
}
