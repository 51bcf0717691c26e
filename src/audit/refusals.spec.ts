import { jest } from '@jest/globals';
import type { AuditNotice } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { Refusals } from './refusals.js';
import { notice } from './trail.fixture.js';

const refused = (more: Partial<AuditNotice> = {}): AuditNotice => notice({ action: 'access', outcome: 'refused', actor: null, subject: 'route:a', details: { code: 'unauthenticated' }, ...more });

function rig(perHour = 1_000) {
  const clock = new FakeClock();
  const seen: AuditNotice[] = [];
  const counted = { merged: 0 };
  const refusals = new Refusals({ settings: { every: 60_000, perHour }, clock, emit: (each) => seen.push(each), merged: () => { counted.merged++; } });
  return { refusals, seen, counted, clock };
}

beforeEach(() => { jest.useFakeTimers(); });
afterEach(() => { jest.useRealTimers(); });

it('tells the first at once, and the others as a number', () => {
  const { counted, refusals, seen } = rig();
  for (let i = 0; i < 5; i++) refusals.take(refused({ requestId: `r-${i}` }));
  expect(seen).toMatchObject([{ requestId: 'r-0', details: { code: 'unauthenticated' } }]);
  jest.advanceTimersByTime(60_000);
  expect(seen.slice(1)).toMatchObject([{ action: 'access', client: '192.0.2.1', requestId: null, details: { code: 'unauthenticated', count: 4, since: expect.any(String) } }]);
  expect(counted.merged).toBe(4);
  jest.advanceTimersByTime(600_000);
  refusals.take(refused());
  expect(seen).toHaveLength(3);
});

it.each<[string, Partial<AuditNotice>]>([
  ['action', { action: 'login' }], ['client', { client: '192.0.2.2' }], ['subject', { subject: 'route:b' }],
  ['code', { details: { code: 'forbidden' } }], ['reason', { details: { code: 'unauthenticated', reason: 'x' } }], ['actor', { actor: 'users:1' }],
])('another %s is another refusal', (_what, more) => {
  const { refusals, seen } = rig();
  refusals.take(refused());
  refusals.take(refused(more));
  expect(seen).toHaveLength(2);
});

it('a flood from everywhere costs a bounded number of entries, and all of it is counted', () => {
  const { clock, counted, refusals, seen } = rig(100);
  for (let i = 0; i < 5_000; i++) refusals.take(refused({ client: `192.0.2.${i}` }));
  expect(seen).toHaveLength(100);
  refusals.flush();
  expect(seen.slice(100)).toMatchObject([{ client: null, subject: null, details: { reason: 'unauthenticated', others: true, count: 4_900 } }]);
  expect(counted.merged).toBe(4_900);
  clock.advance(36_000);
  for (let i = 0; i < 50; i++) refusals.take(refused({ client: `198.51.100.${i}` }));
  expect(seen).toHaveLength(102);
});
