import { isLeftOver, isOver, nextKeyFrom, nextMoment, signerOf, type KeyPlan, type KeyTimes } from './key-schedule.js';

const DAY = 86_400_000;
const plan: KeyPlan = { algorithm: 'EdDSA', rotate: 30 * DAY, lead: 600_000, lifetime: 900_000 };
const key = (activeFrom: number, more: Partial<KeyTimes> = {}): KeyTimes => ({ algorithm: 'EdDSA', activeFrom, retiredAt: null, expiresAt: null, ...more });
const due = 30 * DAY - plan.lead;

it.each<[string, readonly KeyTimes[], number, number | null]>([
  ['the very first signs at once', [], 5, 5],
  ['a young one is enough', [key(0)], due - 1, null],
  ['an old one gets a successor in time', [key(0)], due, 30 * DAY],
  ['one whose time is over gets one that others hear of before', [key(0)], 40 * DAY, 40 * DAY + plan.lead],
  ['one successor is enough', [key(0, { retiredAt: 30 * DAY }), key(30 * DAY)], due + 5, null],
  ['another algorithm begins at once', [key(0, { algorithm: 'RS256' })], 5, 5],
  ['one that has retired signs no more', [key(0, { retiredAt: 10 })], 11, 11],
])('%s', (_what, keys, now, expected) => {
  expect(nextKeyFrom(keys, plan, now)).toBe(expected);
});

it.each<[string, readonly KeyTimes[], number, number | undefined]>([
  ['the only one', [key(0)], 5, 0],
  ['the former until the next one’s time has come', [key(0, { retiredAt: 100 }), key(100)], 99, 0],
  ['the next one then', [key(0, { retiredAt: 100 }), key(100)], 100, 100],
  ['one that only another clock says is due', [key(100)], 5, 100],
  ['none of another algorithm', [key(0, { algorithm: 'ES256' })], 5, undefined],
])('signs: %s', (_what, keys, now, expected) => {
  expect(signerOf(keys, plan, now)?.activeFrom).toBe(expected);
});

it('is over when the last it signed has ended, not before it retires', () => {
  expect(isOver(key(0, { expiresAt: 5 }), 6)).toBe(false);
  expect([5, 6].map((now) => isOver(key(0, { retiredAt: 1, expiresAt: 6 }), now))).toEqual([false, true]);
});

it('looks again when something is due', () => {
  expect(nextMoment([key(0)], plan, 5)).toBe(due);
  expect(nextMoment([key(0, { retiredAt: 30 * DAY, expiresAt: 31 * DAY }), key(30 * DAY)], plan, due + 1)).toBe(30 * DAY);
  expect(nextMoment([key(0, { retiredAt: 30 * DAY, expiresAt: 31 * DAY }), key(30 * DAY)], plan, 30 * DAY)).toBe(31 * DAY);
});

it('one of an algorithm that is not used any more retires when it is old', () => {
  const other = key(0, { algorithm: 'RS256' });
  expect([30 * DAY - 1, 30 * DAY].map((now) => isLeftOver(other, plan, now))).toEqual([false, true]);
  expect(isLeftOver(key(0), plan, 90 * DAY)).toBe(false);
});
