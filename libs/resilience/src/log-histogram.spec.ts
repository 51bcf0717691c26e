import { seededRandom } from '#libs/testing';
import { LogHistogram } from './log-histogram.js';

function histogram(values: readonly number[]): LogHistogram {
  const made = new LogHistogram();
  for (const value of values) made.add(value);
  return made;
}

describe('LogHistogram', () => {
  it.each([[0.07, 0.5], [1, 0.5], [7.3, 0.9], [1_000, 0.99], [123_456.7, 1]])('knows %d to 6 %%, whatever the share', (value, share) => {
    const found = histogram([value, value, value]).quantile(share);
    expect(found).toBeGreaterThan(value);
    expect(found).toBeLessThanOrEqual(value * 1.0626);
  });

  it.each([0.5, 0.9, 0.95, 0.99])('finds the quantile %d of many values', (share) => {
    const random = seededRandom(7);
    const values = Array.from({ length: 5_000 }, () => -Math.log(1 - random()) * 40);
    const exact = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] as number;
    const found = histogram(values).quantile(share);
    expect(found).toBeGreaterThanOrEqual(exact);
    expect(found).toBeLessThanOrEqual(exact * 1.0626);
  });

  it('looks at others as well', () => {
    expect(histogram([1]).quantile(0.75, histogram([100, 100, 100]))).toBeGreaterThan(100);
    expect(histogram([1, 1, 1]).quantile(0.75, histogram([100]))).toBeLessThan(2);
  });

  it('has no quantile without values, and forgets them', () => {
    const used = histogram([5]);
    used.clear();
    expect([used.total, used.quantile(0.5)]).toEqual([0, 0]);
  });

  it.each([0, -1, Number.NaN, 1e12])('survives %d', (value) => {
    const odd = histogram([value]);
    expect(odd.total).toBe(1);
    expect(odd.quantile(0.5)).toBeGreaterThan(0);
    expect(odd.quantile(0.5)).toBeLessThan(3_000_000);
  });
});
