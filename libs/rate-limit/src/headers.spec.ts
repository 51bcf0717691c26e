import type { LimitReport } from '#libs/kernel';
import { compileLimitHeaders, retryAfterSeconds, type LimitHeaderOptions } from './headers.js';

const NOW = Date.UTC(2026, 0, 1);
const minute: LimitReport = { name: 'minute', binding: true, allowed: true, quota: 100, window: 60_000, remaining: 40, reset: 12_345, retryAfter: 0 };
const day: LimitReport = { name: 'day', binding: true, allowed: true, quota: 5_000, window: 86_400_000, remaining: 4_000, reset: 50_000_000, retryAfter: 0 };
const shadow: LimitReport = { ...minute, name: 'shadow', binding: false, allowed: false, remaining: 0, retryAfter: 9_000 };
const all: LimitHeaderOptions = { standard: true, legacy: { reset: 'delta', window: true }, retryAfter: true };

function headers(reports: readonly LimitReport[], options: Partial<LimitHeaderOptions> = {}): Record<string, string> {
  const flat = compileLimitHeaders({ ...all, ...options })(reports, NOW);
  return Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => flat.slice(2 * i, 2 * i + 2) as [string, string]));
}

it('tells of all limits that bind, and details of the most pressing', () => {
  expect(headers([day, minute, shadow])).toEqual({
    'RateLimit-Policy': '"day";q=5000;w=86400, "minute";q=100;w=60',
    RateLimit: '"day";r=4000;t=50000, "minute";r=40;t=13',
    'X-RateLimit-Limit': '100',
    'X-RateLimit-Remaining': '40',
    'X-RateLimit-Reset': '13',
    'X-RateLimit-Window': '60',
  });
});

it('tells of one that refuses before one of which less is left', () => {
  const empty = { ...minute, remaining: 0 };
  const refused = { ...day, name: 'heavy', allowed: false, remaining: 7, reset: 90_000, retryAfter: 70_001 };
  const sooner = { ...refused, quota: 1, retryAfter: 500 };
  for (const reports of [[empty, refused, sooner], [sooner, empty, refused]]) {
    expect(headers(reports)).toMatchObject({ 'X-RateLimit-Limit': '5000', 'X-RateLimit-Remaining': '7', 'X-RateLimit-Reset': '90', 'Retry-After': '71' });
  }
});

it('has each family on its own', () => {
  expect(Object.keys(headers([minute], { legacy: null }))).toEqual(['RateLimit-Policy', 'RateLimit']);
  expect(headers([minute], { standard: false, legacy: { reset: 'unix', window: false } })).toEqual({
    'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '40', 'X-RateLimit-Reset': String(NOW / 1_000 + 13),
  });
  const refused = { ...minute, allowed: false, retryAfter: 1 };
  expect(headers([refused], { standard: false, legacy: null })).toEqual({ 'Retry-After': '1' });
  expect(headers([refused], { standard: false, legacy: null, retryAfter: false })).toEqual({});
});

it('says nothing where no limit binds', () => {
  expect([headers([]), headers([shadow])]).toEqual([{}, {}]);
});

it.each<[string, LimitReport, string, string]>([
  ['what never ends', { ...minute, window: Infinity, reset: Infinity }, '"minute";q=100', '"minute";r=40'],
  ['parts of a second', { ...minute, window: 500, reset: 1 }, '"minute";q=100;w=1', '"minute";r=40;t=1'],
  ['what is whole', { ...minute, reset: 0 }, '"minute";q=100;w=60', '"minute";r=40;t=0'],
  ['a name with quotes', { ...minute, name: String.raw`a "b" \ é` }, String.raw`"a \"b\" \\ _";q=100;w=60`, String.raw`"a \"b\" \\ _";r=40;t=13`],
  ['a number that is too large', { ...minute, quota: 1e18, remaining: 1e17 }, '"minute";q=999999999999999;w=60', '"minute";r=999999999999999;t=13'],
])('writes %s as a structured field', (_name, report, policy, state) => {
  expect(headers([report])).toMatchObject({ 'RateLimit-Policy': policy, RateLimit: state });
});

it.each<[string, readonly LimitReport[], number | undefined]>([
  ['nothing when nothing was refused', [minute, day], undefined],
  ['nothing of a limit that does not bind', [shadow], undefined],
  ['the longest of several', [{ ...minute, allowed: false, retryAfter: 1_001 }, { ...day, allowed: false, retryAfter: 900 }], 2],
  ['a second at least', [{ ...minute, allowed: false, retryAfter: 0 }], 1],
  ['nothing when it never will be given', [{ ...minute, allowed: false, retryAfter: Infinity }], undefined],
])('says to come back after %s', (_name, reports, expected) => {
  expect(retryAfterSeconds(reports)).toBe(expected);
  expect(headers(reports)['Retry-After']).toBe(expected === undefined ? undefined : String(expected));
});

it('tells every caller of the limit he has', () => {
  const tell = compileLimitHeaders({ standard: true, legacy: null, retryAfter: false });
  const more = { ...minute, quota: 1_000, remaining: 999 };
  for (const report of [minute, more, minute]) {
    expect(tell([report], NOW)).toEqual(['RateLimit-Policy', `"minute";q=${report.quota};w=60`, 'RateLimit', `"minute";r=${report.remaining};t=13`]);
  }
});
