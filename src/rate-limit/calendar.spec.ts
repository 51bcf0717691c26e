import type { Period } from '../config/index.js';
import { compileCalendar } from './calendar.js';

const at = (text: string): number => Date.parse(text);

it.each<[Period, string, string, string, string, string]>([
  ['hour', 'UTC', '2026-11-21T10:59:59.999Z', '2026-11-21T10', '2026-11-21T10:00:00Z', '2026-11-21T11:00:00Z'],
  ['day', 'UTC', '2026-11-21T00:00:00Z', '2026-11-21', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'],
  ['week', 'UTC', '2026-11-22T23:00:00Z', '2026-11-16', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
  ['week', 'UTC', '2026-11-23T00:00:00Z', '2026-11-23', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
  ['month', 'UTC', '2026-12-31T23:59:59Z', '2026-12', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['month', 'UTC', '2028-02-29T12:00:00Z', '2028-02', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
  ['day', 'Europe/Paris', '2026-11-21T23:30:00Z', '2026-11-22', '2026-11-21T23:00:00Z', '2026-11-22T23:00:00Z'],
  ['day', 'America/New_York', '2026-11-21T04:00:00Z', '2026-11-20', '2026-11-20T05:00:00Z', '2026-11-21T05:00:00Z'],
  ['hour', 'Asia/Kolkata', '2026-11-21T10:00:00Z', '2026-11-21T15', '2026-11-21T09:30:00Z', '2026-11-21T10:30:00Z'],
  // Clocks go back at night: the day has 25 hours. They go forward: it has 23.
  ['day', 'Europe/Paris', '2026-10-25T12:00:00Z', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
  ['day', 'Europe/Paris', '2026-03-29T12:00:00Z', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
  ['month', 'Europe/Paris', '2026-03-29T12:00:00Z', '2026-03', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
  // An hour, or a midnight, that the clocks leave out.
  ['hour', 'America/New_York', '2026-03-08T06:30:00Z', '2026-03-08T01', '2026-03-08T06:00:00Z', '2026-03-08T07:00:00Z'],
  ['day', 'America/Havana', '2026-03-08T04:30:00Z', '2026-03-07', '2026-03-07T05:00:00Z', '2026-03-08T05:00:00Z'],
  ['day', 'America/Havana', '2026-03-08T05:00:00Z', '2026-03-08', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
  ['day', 'Pacific/Apia', '2011-12-30T09:30:00Z', '2011-12-29', '2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z'],
  // One that they show twice.
  ['hour', 'America/New_York', '2026-11-01T06:30:00Z', '2026-11-01T01', '2026-11-01T05:00:00Z', '2026-11-01T07:00:00Z'],
])('the %s of %s at %s is %s', (period, zone, now, name, starts, ends) => {
  expect(compileCalendar(period, zone)(at(now))).toEqual({ name, starts: at(starts), ends: at(ends) });
});

it('remembers the period until it is over', () => {
  const calendar = compileCalendar('day', 'Europe/Paris');
  const morning = calendar(at('2026-11-21T08:00:00Z'));
  expect(calendar(at('2026-11-21T22:59:59Z'))).toBe(morning);
  expect(calendar(at('2026-11-21T23:00:00Z')).name).toBe('2026-11-22');
  expect(calendar(at('2026-11-21T08:00:00Z'))).toEqual(morning);
});
