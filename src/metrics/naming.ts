import { SERIES, seriesNamed, type AliasConfig, type MetricsConfig } from '../config/index.js';
import type { Labels, MetricFamily, Sample } from './metric-family.js';

/** How one series is shown once. */
interface Shown {
  readonly name: string;
  /** Labels that have another name here. */
  readonly labels: Readonly<Record<string, string>>;
  readonly add: Labels;
  /** Samples that are shown: those with these labels. */
  readonly where: Labels;
}

/**
 * Puts the names and labels of the file in place of the usual ones, and shows series under their further names. This
 * comes last, when all workers are added up, so that counts outlast a change of names.
 */
export function shown(families: readonly MetricFamily[], { aliases, labels, names }: MetricsConfig): readonly MetricFamily[] {
  const further = new Map<string, [string, AliasConfig][]>();
  for (const [name, alias] of Object.entries(aliases)) {
    const series = seriesNamed(alias.series) ?? '';
    further.set(series, [...(further.get(series) ?? []), [name, alias]]);
  }
  const renamed = new Map(Object.entries(names).map(([word, name]) => [seriesNamed(word), name]));
  const usual = { method: labels.method, endpoint: labels.endpoint, status_code: labels.status };
  return families.flatMap((family) => {
    const own = renamed.get(family.name) ?? (SERIES[family.name]?.hidden ? undefined : family.name);
    const base = Object.fromEntries(Object.entries(usual).filter(([label, name]) => label !== name && SERIES[family.name]?.labels.includes(label)));
    return [
      ...(own === undefined ? [] : [as({ name: own, labels: base, add: {}, where: {} }, family)]),
      ...(further.get(family.name) ?? []).map(([name, alias]) => as({ ...alias, name, labels: { ...base, ...alias.labels } }, family)),
    ];
  });
}

function as({ add, labels, name, where }: Shown, family: MetricFamily): MetricFamily {
  const conditions = Object.entries(where);
  const [renames, adds] = [Object.keys(labels).length > 0, Object.keys(add).length > 0];
  if (name === family.name && !renames && !adds && conditions.length === 0) return family;
  const relabel = (own: Labels): Labels => {
    if (!renames && !adds && conditions.length === 0) return own;
    const kept = Object.entries(own).filter(([label]) => !(label in where)).map(([label, value]) => [labels[label] ?? label, value] as const);
    return { ...add, ...Object.fromEntries(kept) };
  };
  const isMeant = (sample: Sample): boolean => conditions.every(([label, value]) => String(sample.labels[label]) === value);
  const samples = family.samples.filter(isMeant).map((sample) => ({ ...sample, name: name + sample.name.slice(family.name.length), labels: relabel(sample.labels) }));
  return { ...family, name, samples };
}
