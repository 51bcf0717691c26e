import { compileResponseTime } from './response-time.js';

it.each([
  ['s', 3, '0.012'],
  ['ms', 1, '12.3'],
  ['ms', 0, '12'],
] as const)('in %s with %i decimals', (unit, decimals, expected) => {
  const compiled = compileResponseTime({ header: 'X-Process-Time', unit, decimals });
  expect(compiled?.header).toBe('X-Process-Time');
  expect(compiled?.value(12.345)).toBe(expected);
});

it('is nothing where the file has none', () => {
  expect(compileResponseTime(undefined)).toBeNull();
});
