import { Histogram } from './histogram.js';
import { lasting, mergeFamilies, present } from './merge.js';
import { counter, gauge, histogram, type MetricFamily } from './metric-family.js';
import { metricsTopic } from './metrics-topic.js';

const observed = (bounds: readonly number[], ...seconds: number[]): Histogram => {
  const durations = new Histogram(bounds);
  for (const second of seconds) durations.observe(second);
  return durations;
};
const values = (families: readonly MetricFamily[]) => Object.fromEntries(families.flatMap(({ samples }) => samples.map(({ labels, name, value }) => [`${name}${JSON.stringify(labels)}`, value])));

describe('mergeFamilies', () => {
  it('adds counters up, label by label, in whatever order labels are', () => {
    const a = counter('n_total', 'N.', [[{ x: 'a', y: 1 }, 2], [{ x: 'b', y: 1 }, 3]]);
    const b = counter('n_total', 'N.', [[{ y: 1, x: 'a' }, 5], [{ x: 'c', y: 1 }, 7]]);
    expect(values(mergeFamilies([[a], [b]]))).toEqual({ 'n_total{"y":1,"x":"a"}': 7, 'n_total{"x":"b","y":1}': 3, 'n_total{"x":"c","y":1}': 7 });
  });

  it('adds histograms up', () => {
    const [merged] = mergeFamilies([[histogram('d', 'D.', [[{}, observed([1, 2], 0.5, 3)]])], [histogram('d', 'D.', [[{}, observed([1, 2], 1.5)]])]]);
    expect(merged?.samples.map(({ value }) => value)).toEqual([1, 2, 3, 5, 3]);
  });

  it('keeps the later exemplar of a bucket', () => {
    const traced = (traceId: string, at: number): Histogram => {
      const durations = observed([1], 0.5);
      durations.exemplify({ traceId, value: 0.5, at });
      return durations;
    };
    const [a, b, c] = [traced('a', 5), traced('b', 9), observed([1], 0.5)].map((durations) => [histogram('d', 'D.', [[{}, durations]])]) as [MetricFamily[], MetricFamily[], MetricFamily[]];
    for (const answers of [[a, b, c], [c, b, a], [b, a, c]]) expect(mergeFamilies(answers)[0]?.samples[0]).toMatchObject({ value: 3, exemplar: { traceId: 'b' } });
  });

  it('takes durations in one kind of buckets only', () => {
    const merged = mergeFamilies([[histogram('d', 'D.', [[{}, observed([1], 0.5)]])], [histogram('d', 'D.', [[{}, observed([1, 2], 1.5)]])], [histogram('d', 'D.', [])]]);
    expect(merged[0]?.samples.map(({ value }) => value)).toEqual([1, 1, 0.5, 1]);
  });

  it.each([['sum', 5], ['max', 3], ['min', 2]] as const)('a gauge is the %s', (merge, expected) => {
    const [merged] = mergeFamilies([2, 3, Number.NaN].map((value) => [gauge('g', 'G.', [[{}, value]], merge)]));
    expect(merged?.samples).toEqual([{ name: 'g', labels: {}, value: expected }]);
  });

  it('leaves families alone that share nothing but a name', () => {
    expect(mergeFamilies([[counter('n', 'N.', [[{}, 1]])], [gauge('n', 'N.', [[{}, 5]])]])).toEqual([counter('n', 'N.', [[{}, 1]])]);
  });

  it('keeps the worst quantile of a summary, and its sums', () => {
    const summary = (quantile: number, sum: number): MetricFamily => ({ name: 's', help: 'S.', type: 'summary', merge: 'sum', samples: [{ name: 's', labels: { quantile: 0.5 }, value: quantile }, { name: 's_sum', labels: {}, value: sum }] });
    expect(mergeFamilies([[summary(1, 10)], [summary(3, 20)]])).toEqual([summary(3, 30)]);
    expect(lasting([summary(1, 10)])[0]?.samples).toEqual([{ name: 's_sum', labels: {}, value: 10 }]);
  });
});

describe('what a worker leaves behind', () => {
  it('is what it counted, not what it had', () => {
    const last = [counter('n_total', 'N.', [[{}, 2]]), gauge('g', 'G.', [[{}, 9]])];
    const before = metricsTopic.inherit?.(last, null) ?? [];
    expect(before.map(({ name }) => name)).toEqual(['n_total']);
    expect(values(metricsTopic.inherit?.(last, before) ?? [])).toEqual({ 'n_total{}': 4 });
  });

  it('is nothing of what was gone by then', () => {
    const answers = (...targets: string[]): MetricFamily[] => [{ ...counter('t_total', 'T.', targets.map((target) => [{ target }, 1])), fleeting: true }, counter('n_total', 'N.', [[{}, 1]])];
    const inherit = (last: readonly MetricFamily[], estate: readonly MetricFamily[] | null) => metricsTopic.inherit?.(last, estate) ?? [];
    const left = inherit(answers('b', 'c'), inherit(answers('a', 'b'), null));
    expect(values(left)).toEqual({ 't_total{"target":"b"}': 2, 't_total{"target":"c"}': 1, 'n_total{}': 2 });
    expect(values(present(left, answers('c', 'd')))).toEqual({ 't_total{"target":"c"}': 1, 'n_total{}': 2 });
  });

  it.each([[[counter('n', 'N.', [])], true], [[], true], [[{ name: 'n' }], false], ['n', false], [null, false]])('%j may be an answer: %s', (value, valid) => {
    expect(metricsTopic.answer.safeParse(value).success).toBe(valid);
  });
});
