import { parseRate } from './rate-text.js';

it.each([
  ['10/minute', 10, 60_000],
  ['100/min', 100, 60_000],
  ['5/s', 5, 1_000],
  ['100/10s', 100, 10_000],
  ['1000/h', 1_000, 3_600_000],
  ['10/sec', 10, 1_000],
  ['50/second', 50, 1_000],
  ['20/hour', 20, 3_600_000],
  ['1000/day', 1_000, 86_400_000],
  ['7/m', 7, 60_000],
  ['1/500ms', 1, 500],
  ['3/1.5s', 3, 1_500],
  ['100 per minute', 100, 60_000],
  ['100 per 5 minutes', 100, 300_000],
  ['20 / 2 hours', 20, 7_200_000],
  [' 10/Minute ', 10, 60_000],
])('%s is %i in %i ms', (text, count, window) => {
  expect(parseRate(text)).toEqual({ count, window });
});

it.each(['', '10', '10/', '/s', '0/s', '10/0s', '-1/s', '1.5/s', '10/month', '10/constructor', '10perminute', '10/s/s', '10 s', '1/0.5ms', '99999999999999999999/s', '10/10'])(
  '%j is no rate',
  (text) => {
    expect(parseRate(text)).toBeUndefined();
  },
);
