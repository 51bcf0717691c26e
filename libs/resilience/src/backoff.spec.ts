import { seededRandom } from '#libs/testing';
import { exponentialBackoff, parseRetryAfter } from './index.js';

describe('exponentialBackoff', () => {
  it('doubles its bound up to the maximum', () => {
    const most = exponentialBackoff({ base: 100, max: 1_000 }, () => 1);
    expect([1, 2, 3, 4, 5, 60].map(most)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('uses all of the range below it', () => {
    const backoff = exponentialBackoff({ base: 100, max: 1_000 }, seededRandom(1));
    const waits = Array.from({ length: 1_000 }, () => backoff(3));
    expect(Math.min(...waits)).toBeLessThan(10);
    expect(Math.max(...waits)).toBeGreaterThan(390);
    expect(Math.max(...waits)).toBeLessThanOrEqual(400);
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ['3', 3_000], [' 0 ', 0], ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000], ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
    ['-3', 0], ['1.5', 0], ['soon', 0], ['', 0], ['2026-01-01T00:00:10Z', 0],
  ])('%j is %d ms', (field, expected) => expect(parseRetryAfter(field, now)).toBe(expected));
});
