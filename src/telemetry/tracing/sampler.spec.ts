import { seededRandom } from '#libs/testing';
import { compileSampler, compileShare } from './sampler.js';

const random = seededRandom(7);
const traceIds = Array.from({ length: 10_000 }, () => Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join(''));
const chosen = (ratio: number): string[] => traceIds.filter((id) => compileShare(ratio)(id, false));

it.each([[0, 0, 0], [0.01, 60, 140], [0.25, 2_350, 2_650], [1, 10_000, 10_000]])('of ten thousand traces a ratio of %d takes %d to %d', (ratio, least, most) => {
  expect(chosen(ratio).length).toBeGreaterThanOrEqual(least);
  expect(chosen(ratio).length).toBeLessThanOrEqual(most);
});

it('a higher ratio takes all that a lower one takes', () => {
  const many = new Set(chosen(0.2));
  expect(chosen(0.05).every((id) => many.has(id))).toBe(true);
});

it('looks at the random part of the id only', () => {
  const sampler = compileShare(0.5);
  expect(sampler(`${'f'.repeat(18)}00000000000000`, false)).toBe(false);
  expect(sampler(`${'0'.repeat(17)}1ffffffffffffff`, false)).toBe(true);
});

const low = '0'.repeat(31) + '1';
const high = 'f'.repeat(32);
const chance = (value: number) => () => value;

it.each<[parent: boolean | 'trusted-proxies', trusted: boolean, flags: number, traceId: string, expected: boolean]>([
  [true, false, 1, low, true], [true, false, 0, high, false], [true, false, 3, low, true],
  [false, true, 1, low, false], [false, true, 0, high, true],
  ['trusted-proxies', true, 1, low, true], ['trusted-proxies', true, 0, high, false],
])('parent %s, of a proxy of ours: %s, its flags %d', (parent, trustedPeer, flags, traceId, expected) => {
  expect(compileSampler({ parent, ratio: 0.5 })({ trustedPeer }, traceId, { traceId, spanId: '1'.repeat(16), flags })).toBe(expected);
});

it.each<[parent: false | 'trusted-proxies', flags: number, traceId: string]>([[false, 1, high], [false, 0, low], ['trusted-proxies', 1, high], ['trusted-proxies', 0, low]])(
  'O3: a stranger chooses neither by his flags nor by his id (parent %s, its flags %d, %s)', (parent, flags, traceId) => {
    const sampled = (value: number): boolean => compileSampler({ parent, ratio: 0.5 }, chance(value))({ trustedPeer: false }, traceId, { traceId, spanId: '1'.repeat(16), flags });
    expect([sampled(0.4), sampled(0.6)]).toEqual([true, false]);
  },
);
