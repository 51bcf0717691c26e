import { seededRandom } from '#libs/testing';
import { compileSampler } from './sampler.js';

const random = seededRandom(7);
const traceIds = Array.from({ length: 10_000 }, () => Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join(''));
const chosen = (ratio: number): string[] => traceIds.filter((id) => compileSampler({ parent: true, ratio })(id, null));

it.each([[0, 0, 0], [0.01, 60, 140], [0.25, 2_350, 2_650], [1, 10_000, 10_000]])('of ten thousand traces a ratio of %d takes %d to %d', (ratio, least, most) => {
  expect(chosen(ratio).length).toBeGreaterThanOrEqual(least);
  expect(chosen(ratio).length).toBeLessThanOrEqual(most);
});

it('a higher ratio takes all that a lower one takes', () => {
  const many = new Set(chosen(0.2));
  expect(chosen(0.05).every((id) => many.has(id))).toBe(true);
});

it('looks at the random part of the id only', () => {
  const sampler = compileSampler({ parent: true, ratio: 0.5 });
  expect(sampler(`${'f'.repeat(18)}00000000000000`, null)).toBe(false);
  expect(sampler(`${'0'.repeat(17)}1ffffffffffffff`, null)).toBe(true);
});

const low = '0'.repeat(31) + '1';
const high = 'f'.repeat(32);

it.each([
  [true, 1, low, true], [true, 0, high, false], [true, 3, low, true],
  [false, 1, low, false], [false, 0, high, true],
])('parent %s, its flags %d', (parent, flags, traceId, expected) => {
  expect(compileSampler({ parent, ratio: 0.5 })(traceId, { traceId, spanId: '1'.repeat(16), flags })).toBe(expected);
});
