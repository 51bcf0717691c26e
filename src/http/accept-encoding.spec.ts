import { compileEncodingChoice } from './accept-encoding.js';

it.each([
  [undefined, null],
  ['', null],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['gzip, deflate, br, zstd', 'zstd'],
  ['gzip, deflate, br', 'br'],
  ['deflate', null],
  ['gzip;q=1, br;q=0.5', 'gzip'],
  ['gzip;q=0.5, br;q=0.5', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0', null],
  ['*', 'zstd'],
  ['*;q=0.1', 'zstd'],
  ['zstd;q=0, *', 'br'],
  ['gzip, *;q=0', 'gzip'],
  ['identity', null],
  ['identity, gzip', 'gzip'],
  ['identity;q=1, gzip;q=0.5', null],
  ['identity;q=0, gzip;q=0.1', 'gzip'],
  ['identity;q=0', null],
  ['gzip;q=abc', null],
  ['gzip ; q=0.3', 'gzip'],
  ['br;q=2, gzip', 'gzip'],
  [`gzip${','.repeat(600)}`, null],
])('%s gets %s', (acceptEncoding, expected) => {
  const choose = compileEncodingChoice(['zstd', 'br', 'gzip']);
  expect(choose(acceptEncoding)).toBe(expected);
  expect(choose(acceptEncoding)).toBe(expected);
});
