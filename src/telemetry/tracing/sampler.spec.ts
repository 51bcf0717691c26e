import { compileSampler } from './sampler.js';

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
