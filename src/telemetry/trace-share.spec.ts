import { seededRandom } from '#libs/testing';
import { compileTraceShare } from './trace-share.js';

const random = seededRandom(7);
const traceIds = Array.from({ length: 10_000 }, () => Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join(''));
const chosen = (ratio: number): string[] => traceIds.filter((id) => compileTraceShare(ratio)(id, false));

it.each([[0, 0, 0], [0.01, 60, 140], [0.25, 2_350, 2_650], [1, 10_000, 10_000]])('of ten thousand traces a ratio of %d takes %d to %d', (ratio, least, most) => {
  expect(chosen(ratio).length).toBeGreaterThanOrEqual(least);
  expect(chosen(ratio).length).toBeLessThanOrEqual(most);
});

it('a higher ratio takes all that a lower one takes', () => {
  const many = new Set(chosen(0.2));
  expect(chosen(0.05).every((id) => many.has(id))).toBe(true);
});

it('looks at the random part of the id only', () => {
  const sampler = compileTraceShare(0.5);
  expect(sampler(`${'f'.repeat(18)}00000000000000`, false)).toBe(false);
  expect(sampler(`${'0'.repeat(17)}1ffffffffffffff`, false)).toBe(true);
});
