import type { Exemplar, Histogram } from './histogram.js';

export type Labels = Readonly<Record<string, string | number>>;

/** One line of the exposition. */
export interface Sample {
  /** Name of the series; a histogram has several. */
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  readonly exemplar?: Exemplar;
}

/** What becomes of a series that several workers have. */
export type Merge = 'sum' | 'max' | 'min';

/** All series of one metric. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly merge: Merge;
  /** Its series go with what they are of, such as a target: in the end only those that the asked worker has are shown. */
  readonly fleeting?: true;
  readonly samples: readonly Sample[];
}

type Point = readonly [labels: Labels, value: number];

export function counter(name: string, help: string, points: Iterable<Point>): MetricFamily {
  return { name, help, type: 'counter', merge: 'sum', samples: samples(name, points) };
}

/** @param merge what the gateway has of it as a whole: the sum of its workers, or the most or the least of any. Default: the sum. */
export function gauge(name: string, help: string, points: Iterable<Point>, merge: Merge = 'sum'): MetricFamily {
  return { name, help, type: 'gauge', merge, samples: samples(name, points) };
}

/** The three series of a histogram: buckets with their upper bound as `le`, sum and count. */
export function histogram(name: string, help: string, points: Iterable<readonly [Labels, Histogram]>): MetricFamily {
  const all = Array.from(points, ([labels, durations]) => {
    const counts = durations.cumulative();
    const total = counts.at(-1) as number;
    return [
      ...counts.map((value, i) => bucketOf(durations, i, { name: `${name}_bucket`, labels: { ...labels, le: durations.bounds[i] ?? Number.POSITIVE_INFINITY }, value })),
      { name: `${name}_sum`, labels, value: durations.sum },
      { name: `${name}_count`, labels, value: total },
    ];
  });
  return { name, help, type: 'histogram', merge: 'sum', samples: all.flat() };
}

function bucketOf(durations: Histogram, index: number, sample: Sample): Sample {
  const exemplar = durations.exemplar(index);
  return exemplar === undefined ? sample : { ...sample, exemplar };
}

function samples(name: string, points: Iterable<Point>): Sample[] {
  return Array.from(points, ([labels, value]) => ({ name, labels, value }));
}
