import type { CacheSettings } from './contracts.js';
import { currentAge, lifetime } from './freshness.js';
import { ARRIVAL, dateAt, SECOND, settingsWith, storedWith } from './samples.fixture.js';

const NOW = ARRIVAL;

describe('freshness lifetime (RFC 9111 4.2.1)', () => {
  it.each<[string, Record<string, string> | string[], number]>([
    ['nothing said', {}, 0],
    ['max-age', { 'Cache-Control': 'max-age=60' }, 60],
    ['s-maxage before max-age', { 'Cache-Control': 'max-age=60, s-maxage=90' }, 90],
    ['s-maxage=0 before max-age', { 'cache-control': 's-maxage=0, max-age=60' }, 0],
    ['an invalid s-maxage before max-age', { 'Cache-Control': 's-maxage=x, max-age=60' }, 0],
    ['max-age before Expires', { 'Cache-Control': 'max-age=60', Expires: dateAt(600) }, 60],
    ['max-age=0 before Expires', { 'Cache-Control': 'max-age=0', Expires: dateAt(600) }, 0],
    ['an invalid Expires after max-age', { 'Cache-Control': 'max-age=60', Expires: '0' }, 60],
    ['Expires less Date', { Expires: dateAt(600), Date: dateAt(-100) }, 700],
    ['Expires without Date', { Expires: dateAt(600) }, 600],
    ['Expires with an invalid Date', { Expires: dateAt(600), Date: 'yesterday' }, 600],
    ['Expires before Date', { Expires: dateAt(-600), Date: dateAt(0) }, 0],
    ['an invalid Expires', { Expires: '0', Date: dateAt(0) }, 0],
    ['Expires in another zone', { Expires: dateAt(600).replace('GMT', 'UTC'), Date: dateAt(0) }, 0],
    ['two Expires that differ', ['Expires', dateAt(600), 'expires', dateAt(700)], 0],
    ['two that do not', ['Expires', dateAt(600), 'expires', dateAt(600)], 600],
    ['two lines of Cache-Control', ['Cache-Control', 'public', 'cache-control', 'max-age=60'], 60],
    ['Expires in a century', { Expires: 'Fri, 01 Jan 2100 00:00:00 GMT', Date: dateAt(0) }, 2 ** 31],
    ['CDN-Cache-Control before Cache-Control', { 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 's-maxage=5', Expires: dateAt(600) }, 60],
    ['CDN-Cache-Control without a lifetime', { 'CDN-Cache-Control': 'public', 'Cache-Control': 'max-age=5', Expires: dateAt(600) }, 0],
    ['a malformed CDN-Cache-Control', { 'CDN-Cache-Control': 'max-age=60,', 'Cache-Control': 'max-age=5' }, 5],
    ['an empty CDN-Cache-Control', { 'CDN-Cache-Control': '', 'Cache-Control': 'max-age=5' }, 5],
  ])('%s', (_, headers, seconds) => {
    expect(lifetime(storedWith(headers), settingsWith(), NOW)).toBe(seconds * SECOND);
  });

  const tenDays = { 'Last-Modified': dateAt(-864_000), Date: dateAt(0) };
  it.each<[string, Record<string, string>, Partial<CacheSettings>, number, number]>([
    ['maxAge of the route', {}, { maxAge: 30 * SECOND }, 200, 30],
    ['not of that status', {}, { maxAge: 30 * SECOND }, 500, 0],
    ['not where the response says it', { 'Cache-Control': 'max-age=0' }, { maxAge: 30 * SECOND }, 200, 0],
    ['but where it is not respected', { 'Cache-Control': 'no-store, max-age=5' }, { maxAge: 30 * SECOND, respect: false }, 200, 30],
    ['negative', {}, { maxAge: 30 * SECOND, negative: new Map([[404, 7 * SECOND]]) }, 404, 7],
    ['negative, none', {}, { maxAge: 30 * SECOND, negative: new Map([[404, 0]]) }, 404, 0],
    ['negative, where the response says it', { 'Cache-Control': 'max-age=9' }, { negative: new Map([[404, 7 * SECOND]]) }, 404, 9],
    ['no heuristic unless asked', tenDays, {}, 200, 0],
    ['heuristic', tenDays, { heuristic: 0.05 }, 200, 43_200],
    ['heuristic, the most', tenDays, { heuristic: 0.5 }, 200, 86_400],
    ['heuristic, not with an explicit lifetime', { ...tenDays, Expires: '0' }, { heuristic: 0.5 }, 200, 0],
    ['heuristic, not of that status', tenDays, { heuristic: 0.05 }, 201, 0],
    ['heuristic, where it is public', { ...tenDays, 'Cache-Control': 'public' }, { heuristic: 0.05 }, 201, 43_200],
    ['heuristic, modified in the future', { 'Last-Modified': dateAt(900), Date: dateAt(0) }, { heuristic: 0.1 }, 200, 0],
    ['heuristic, no date', { 'Last-Modified': 'today', Date: dateAt(0) }, { heuristic: 0.1 }, 200, 0],
  ])('%s', (_, headers, changes, status, seconds) => {
    expect(lifetime(storedWith(headers, { status }), settingsWith(changes), NOW)).toBe(seconds * SECOND);
  });
});

describe('age (RFC 9111 4.2.3)', () => {
  it.each<[string, Record<string, string> | string[], number]>([
    ['neither Date nor Age', {}, 0],
    ['Age', { Age: '10' }, 10],
    ['Age 0', { Age: '0' }, 0],
    ['Date in the past', { Date: dateAt(-20) }, 20],
    ['Date in the future', { Date: dateAt(20) }, 0],
    ['an invalid Date', { Date: 'x', Age: '5' }, 5],
    ['the larger, Date', { Date: dateAt(-20), Age: '10' }, 20],
    ['the larger, Age', { Date: dateAt(-20), Age: '30' }, 30],
    ['a list of Age', { Age: '10, 99' }, 10],
    ['several Age', ['Age', '10', 'age', '99'], 10],
    ['a bad first of a list', { Age: 'x, 99' }, 0],
    ['negative Age', { Age: '-10' }, 0],
    ['Age with a fraction', { Age: '10.0' }, 0],
    ['Age with a parameter', { Age: '10;a=b' }, 0],
    ['Age in quotes', { Age: '"10"' }, 0],
    ['endless Age', { Age: '9'.repeat(400) }, 2 ** 31],
  ])('%s', (_, headers, seconds) => {
    expect(currentAge(storedWith(headers), ARRIVAL)).toBe(seconds * SECOND);
  });

  it('adds the time it took to what Age says, and the time it lay here', () => {
    const stored = storedWith({ Age: '10', Date: dateAt(-5) }, { requestTime: ARRIVAL - 3 * SECOND });
    expect(currentAge(stored, ARRIVAL + 4 * SECOND)).toBe(17 * SECOND);
  });

  it('adds no time to what Date says', () => {
    const stored = storedWith({ Date: dateAt(-60) }, { requestTime: ARRIVAL - 3 * SECOND });
    expect(currentAge(stored, ARRIVAL + 4 * SECOND)).toBe(64 * SECOND);
  });

  it('does not fall when the clock is set back', () => {
    expect(currentAge(storedWith({ Age: '10' }), ARRIVAL - 60 * SECOND)).toBe(10 * SECOND);
    expect(currentAge(storedWith({}, { requestTime: ARRIVAL + 60 * SECOND }), ARRIVAL)).toBe(0);
  });
});
