import { readFileSync } from 'node:fs';
import { read } from '../docs/markdown.js';

interface Phase {
  readonly kinds: Readonly<Record<string, { readonly outcomes: Readonly<Record<string, number>> }>>;
  readonly latency: { readonly count: number; readonly p50: number | null; readonly slowest: number | null };
  /** Milliseconds after its end. */
  readonly wellAfterMs: number | null;
}
interface Tally {
  readonly total: number;
  readonly due: (index: number) => number;
  readonly done: (request: { name: string; due: number }, outcome: string, now: number) => void;
  readonly result: () => readonly Phase[];
}

/** The bench is plain JavaScript, without types. */
const from = async <T>(file: string): Promise<T> => (await import(new URL(`../../${file}`, import.meta.url).href)) as T;
const { Tally } = await from<{ Tally: new (phases: readonly { rate: number; seconds: number }[]) => Tally }>('bench/load/tally.mjs');
const { slope } = await from<{ slope: (points: readonly (readonly [number, number])[]) => number }>('bench/load/watch.mjs');
const { markdown } = await from<{ markdown: (latest: unknown, load: unknown) => string }>('bench/lib/markdown.mjs');
const { tracingPage } = await from<{ tracingPage: (results: unknown) => string }>('scripts/tracing-page.mjs');
const { loadPage } = await from<{ loadPage: (results: unknown) => string }>('scripts/load-page.mjs');

describe('O13: bench/load.mjs', () => {
  it('knows when each request of a plan is due', () => {
    const tally = new Tally([{ rate: 10, seconds: 1 }, { rate: 100, seconds: 0.5 }]);
    expect([tally.total, ...[0, 9, 10, 11, 59].map((index) => tally.due(index))]).toEqual([60, 0, 900, 1000, 1010, 1490]);
  });

  it('times good answers from when they were due, by phase and kind', () => {
    const tally = new Tally([{ rate: 10, seconds: 1 }, { rate: 10, seconds: 1 }]);
    tally.done({ name: 'a', due: 0 }, '200', 20);
    tally.done({ name: 'a', due: 950 }, '200', 1250);
    tally.done({ name: 'b', due: 1100 }, '503', 1101);
    tally.done({ name: 'b', due: 1900 }, '200', 1910);
    expect(tally.result()).toMatchObject([
      { kinds: { a: { outcomes: { 200: 2 } } }, latency: { count: 2, p50: 20, slowest: 300 } },
      { kinds: { b: { outcomes: { 200: 1, 503: 1 } } }, latency: { count: 1, slowest: 10 } },
    ]);
  });

  it.each([
    ['at once', () => false, 0],
    ['after bad answers', (due: number) => due < 1400, 400],
    ['after a bad time, though one of a hundred was bad later', (due: number) => due < 1200 || due === 1500, 200],
    ['never', () => true, null],
  ] as const)('says when all was well again: %s', (_name, bad, expected) => {
    const tally = new Tally([{ rate: 500, seconds: 1 }, { rate: 500, seconds: 2 }]);
    for (let index = 0; index < tally.total; index++) tally.done({ name: 'a', due: tally.due(index) }, bad(tally.due(index)) ? '503' : '200', tally.due(index) + 1);
    expect(tally.result()[0]?.wellAfterMs).toBe(expected);
  });

  it.each([
    ['a line', [[0, 1], [1, 3], [2, 5]], 2],
    ['noise around one', [[0, 1], [1, -1], [2, 1], [3, -1]], -0.4],
    ['one point', [[3, 7]], 0],
  ] as const)('the slope of %s', (_name, points, expected) => expect(slope(points)).toBeCloseTo(expected));

  it('docs/performance has what the last runs have measured', () => {
    const [latest, load, tracing] = ['latest', 'load', 'tracing'].map((name): unknown => JSON.parse(readFileSync(new URL(`../../bench/results/${name}.json`, import.meta.url), 'utf8')));
    expect(loadPage(load)).toBe(read('docs/performance/load.md'));
    expect(markdown(latest, load)).toBe(read('docs/performance/benchmarks.md'));
    expect(tracingPage(tracing)).toBe(read('docs/performance/tracing.md'));
  });
});
