const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const SHORT_DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})';

const FORMS = [
  new RegExp(`^${SHORT_DAY}, (?<day>[0-9]{2}) ${MONTH} (?<year>[0-9]{4}) ${TIME} GMT$`, 'i'),
  new RegExp(`^${LONG_DAY}, (?<day>[0-9]{2})-${MONTH}-(?<year>[0-9]{2}) ${TIME} GMT$`, 'i'),
  new RegExp(`^${SHORT_DAY} ${MONTH} (?<day>[0-9]{2}| [0-9]) ${TIME} (?<year>[0-9]{4})$`, 'i'),
];

/**
 * An HTTP date in one of its three forms (RFC 9110 5.6.7), exactly as the grammar has it but in any case (RFC 9111 4.2).
 * The name of the day is not held against the date.
 *
 * @param now tells the century of a year of two digits: it is never more than 50 years ahead.
 * @returns milliseconds since the epoch; `undefined` for what is no HTTP date.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts) return instant(parts, now);
  }
  return undefined;
}

/** IMF-fixdate (RFC 9110 5.6.7). @param ms since the epoch. */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

function instant(parts: Readonly<Record<string, string>>, now: number): number | undefined {
  const [hour, minute, second] = [Number(parts['hour']), Number(parts['minute']), Number(parts['second'])];
  // 60 is a leap second; it counts as the next one.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const name = parts['month'] as string;
  const month = MONTHS.indexOf(name.charAt(0).toUpperCase() + name.slice(1).toLowerCase());
  const at = (year: number) => {
    const date = new Date(0);
    date.setUTCFullYear(year, month, Number(parts['day']));
    return date.getUTCMonth() === month ? date.setUTCHours(hour, minute, second) : undefined;
  };
  const year = parts['year'] as string;
  return year.length === 4 ? at(Number(year)) : at(fullYear(Number(year), at, now));
}

function fullYear(lastTwo: number, at: (year: number) => number | undefined, now: number): number {
  const limit = new Date(now);
  limit.setUTCFullYear(limit.getUTCFullYear() + 50);
  const century = Math.floor(limit.getUTCFullYear() / 100) * 100;
  const ahead = at(century + lastTwo) ?? Infinity;
  return ahead > limit.getTime() ? century - 100 + lastTwo : century + lastTwo;
}
