import { formatHttpDate, parseHttpDate } from './http-date.js';

const NOW = Date.UTC(2026, 5, 1);
const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('HTTP dates (RFC 9110 5.6.7)', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', EXAMPLE],
    ['Sunday, 06-Nov-94 08:49:37 GMT', EXAMPLE],
    ['Sun Nov  6 08:49:37 1994', EXAMPLE],
    ['Sun Nov 06 08:49:37 1994', EXAMPLE],
    ['sun, 06 nov 1994 08:49:37 gmt', EXAMPLE],
    ['SUNDAY, 06-NOV-94 08:49:37 GMT', EXAMPLE],
    ['sun nOV  6 08:49:37 1994', EXAMPLE],
    ['Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59)],
    ['Sat, 01 Jan 0050 00:00:00 GMT', new Date('0050-01-01T00:00:00Z').getTime()],
  ])('%s is a date', (text, expected) => {
    expect(parseHttpDate(text, NOW)).toBe(expected);
  });

  it.each([
    '', '0', '-1', '1994-11-06T08:49:37Z', 'Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000', 'Sun, 6 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 Nov 1994 8:49:37 GMT', 'Sun, 06 Nov 1994 08:49 GMT', 'Sun, 06 Nov 1994 24:00:00 GMT', 'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT', 'Sun, 00 Nov 1994 08:49:37 GMT', 'Sun, 31 Nov 1994 08:49:37 GMT', 'Wed, 29 Feb 2023 00:00:00 GMT',
    'Foo, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06 Nov 1994 08:49:37 GMT', 'Sun, 06-Nov-94 08:49:37 GMT', 'Sunday, 06-Nov-1994 08:49:37 GMT',
    'Sun,  06 Nov 1994 08:49:37 GMT', ' Sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT', 'Sun Nov 6 08:49:37 1994',
    '06 Nov 1994 08:49:37 GMT', 'Sun 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08.49.37 GMT', 'Sunday, 31-Nov-94 08:49:37 GMT',
  ])('%j is none', (text) => {
    expect(parseHttpDate(text, NOW)).toBeUndefined();
  });

  it.each([
    ['76', 2076, Date.UTC(2026, 11, 1)],
    ['76', 1976, Date.UTC(2026, 0, 1)],
    ['77', 1977, Date.UTC(2026, 5, 1)],
    ['26', 2026, Date.UTC(2026, 5, 1)],
    ['05', 2105, Date.UTC(2095, 5, 1)],
    ['99', 1999, Date.UTC(2001, 5, 1)],
  ])('the year %s is %i: never more than 50 years ahead', (year, expected, now) => {
    expect(new Date(parseHttpDate(`Monday, 01-Jun-${year} 00:00:00 GMT`, now) ?? NaN).getUTCFullYear()).toBe(expected);
  });

  it('is written in the preferred form', () => {
    expect(formatHttpDate(EXAMPLE)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });
});
