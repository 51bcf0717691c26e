import { leavesOf, type Schema } from './schema-walk.js';

const DURATIONS: readonly (readonly [unit: string, factor: number])[] = [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1_000], ['ms', 1]];
const SIZES: readonly (readonly [unit: string, factor: number])[] = [
  ['GiB', 1_073_741_824], ['GB', 1_000_000_000], ['MiB', 1_048_576], ['MB', 1_000_000], ['KiB', 1_024], ['kB', 1_000], ['b', 1],
];

/** A number of the effective configuration as the file would say it: with the unit its schema asks for. */
export function withUnit(value: number, schemas: readonly Schema[]): string | number {
  const measures = new Set(schemas.flatMap((schema) => leavesOf(schema).measures));
  if (measures.size === 0) return value;
  const off = schemas.some((schema) => leavesOf(schema).choices.includes('off'));
  if (off && (value === Number.POSITIVE_INFINITY || (value === 0 && measures.has('duration')))) return 'off';
  if (measures.has('duration')) return inUnit(value, DURATIONS);
  if (measures.has('size')) return inUnit(value, SIZES);
  return `${Number((value * 100).toFixed(10))}%`;
}

/** The largest unit that divides the value. */
function inUnit(value: number, units: readonly (readonly [string, number])[]): string {
  const [unit, factor] = units.find(([, size]) => value >= size && value % size === 0) ?? units.at(-1) ?? ['', 1];
  return `${value / factor}${unit}`;
}
