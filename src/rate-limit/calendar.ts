import type { Period } from '../config/index.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days from a Monday to 1970-01-01, a Thursday. */
const THURSDAY = 3;

/** One period of a calendar. Times in milliseconds since the epoch. */
export interface Span {
  /** Tells it from all others of its kind, such as `2026-11` or `2026-11-21`. */
  readonly name: string;
  readonly starts: number;
  readonly ends: number;
}

/**
 * Compiles a calendar: gives the period that a moment is in, in the time zone's own hours and days, which are not always
 * of the same length. The last one is remembered.
 * @param zone an IANA name. @throws RangeError for one that does not exist.
 */
export function compileCalendar(period: Period, zone: string): (now: number) => Span {
  const offset = offsetIn(zone);
  let span: Span = { name: '', starts: 0, ends: 0 };
  return (now) => {
    if (now < span.starts || now >= span.ends) span = spanAt(now, period, offset);
    return span;
  };
}

type Offset = (moment: number) => number;

function spanAt(now: number, period: Period, offset: Offset): Span {
  const [start, end] = bounds(now + offset(now), period);
  return { name: nameOf(start, period), starts: moment(start, offset), ends: moment(end, offset) };
}

/** Start and end on the clocks of the zone, written as if it were UTC. */
function bounds(local: number, period: Period): readonly [number, number] {
  const day = Math.floor(local / DAY);
  const date = new Date(local);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (period) {
    case 'hour': return [local - modulo(local, HOUR), local - modulo(local, HOUR) + HOUR];
    case 'day': return [day * DAY, (day + 1) * DAY];
    case 'week': {
      const monday = day - modulo(day + THURSDAY, 7);
      return [monday * DAY, (monday + 7) * DAY];
    }
    case 'month': return [Date.UTC(year, month), Date.UTC(year, month + 1)];
    default: return period satisfies never;
  }
}

const LENGTH: Readonly<Record<Period, number>> = { hour: 13, day: 10, week: 10, month: 7 };

function nameOf(start: number, period: Period): string {
  return new Date(start).toISOString().slice(0, LENGTH[period]);
}

/**
 * When the clocks of the zone show a time for the first time. One that they leave out when they are put forward is the
 * moment of that: the clocks of the day before would have shown it.
 */
function moment(local: number, offset: Offset): number {
  const [before, after] = [local - offset(local - DAY), local - offset(local + DAY)];
  const isShown = (time: number): boolean => time + offset(time) === local;
  return isShown(before) || !isShown(after) ? before : after;
}

/** How far the clocks of a zone are ahead of UTC. */
function offsetIn(zone: string): Offset {
  if (zone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - Math.floor(time / 1_000) * 1_000;
  };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
