import { setTimeout as sleep } from 'node:timers/promises';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { events, type SpanFigures } from '#libs/kernel';
import { SpanCounts } from './span-counts.js';
import { SpanQueue } from './span-queue.js';

const span = {} as ReadableSpan;
const TAKEN: ExportResult = { code: ExportResultCode.SUCCESS };
const REFUSED: ExportResult = { code: ExportResultCode.FAILED, error: new Error('away') };

/** Batches that were sent, and how they are answered: at once, or when the spec says. */
function queueOf({ answer = TAKEN as ExportResult | null, every = 10_000, size = 1_000 } = {}) {
  const batches: number[] = [];
  const told: (string | null)[] = [];
  const counts = new SpanCounts();
  const figures = () => [counts.exported, counts.dropped, counts.failed];
  const pending: ((result: ExportResult) => void)[] = [];
  const queue = new SpanQueue({
    export: (spans, done) => {
      batches.push(spans.length);
      if (answer === null) pending.push(done);
      else done(answer);
    },
  }, counts, { size, every, told: (why) => told.push(why?.message ?? null) });
  return { batches, told, counts, figures, pending, queue, add: (count: number) => { for (let i = 0; i < count; i++) queue.add(span); } };
}

it('sends at once what is enough for a batch, and no second batch beside it', async () => {
  const { add, batches, pending, queue } = queueOf({ answer: null });
  add(600);
  expect(batches).toEqual([256]);
  pending[0]?.(TAKEN);
  await sleep(0);
  expect(batches).toEqual([256, 256]);
  await queue.close(0);
});

it('sends what has waited for long enough', async () => {
  const { add, batches, counts } = queueOf({ every: 5 });
  add(3);
  expect(batches).toEqual([]);
  while (batches.length === 0) await sleep(1);
  await sleep(0);
  expect(batches).toEqual([3]);
  expect(counts.exported).toBe(3);
});

it('drops what finds no room, counts it and says so', async () => {
  const heard: SpanFigures[] = [];
  const unsubscribe = events.spansChanged.subscribe((figures) => heard.push(figures));
  const { add, figures, pending, queue } = queueOf({ answer: null, size: 300 });
  add(256 + 300 + 7);
  expect(figures()).toEqual([0, 7, 0]);
  pending[0]?.(TAKEN);
  await sleep(0);
  expect(heard).toEqual([{ exported: 256, dropped: 7, failed: 0 }]);
  unsubscribe();
  await queue.close(0);
});

it('does not ask at once again where a batch was refused', async () => {
  const { add, batches, counts, figures, queue, told } = queueOf({ answer: REFUSED, every: 60_000 });
  add(700);
  await sleep(5);
  expect(batches).toEqual([256]);
  expect(told).toEqual(['away']);
  expect(counts.failed).toBe(256);
  await queue.close(15_000);
  expect(batches).toEqual([256, 256, 188]);
  expect(figures()).toEqual([0, 0, 700]);
});

it('closes in time, whatever the collector does', async () => {
  const { add, counts, queue } = queueOf({ answer: null });
  add(300);
  const before = performance.now();
  await queue.close(20);
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(counts.failed).toBe(44);
});

it('takes a sender that throws for one that fails', async () => {
  const counts = new SpanCounts();
  const queue = new SpanQueue({ export: () => { throw new Error('no') } }, counts, { size: 10, every: 1, told: () => {} });
  queue.add(span);
  await queue.close(15_000);
  expect(counts).toMatchObject({ exported: 0, dropped: 0, failed: 1 });
});
