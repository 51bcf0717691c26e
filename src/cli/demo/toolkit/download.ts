import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Call } from './call.js';

function cell(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A spreadsheet runs a cell that begins like a formula; what users typed must stay text.
  const safe = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function* lines<T extends object>(rows: readonly T[], columns: readonly (keyof T & string)[]): Generator<string> {
  yield `${columns.join(',')}\r\n`;
  for (const row of rows) yield `${columns.map((column) => cell(row[column] ?? '')).join(',')}\r\n`;
}

/** Streams rows as a CSV file; the client's pace sets ours. */
export async function download<T extends object>(
  { response }: Call,
  filename: string,
  rows: readonly T[],
  columns: readonly (keyof T & string)[],
): Promise<void> {
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${filename}"`,
  };
  response.writeHead(200, headers);
  await pipeline(Readable.from(lines(rows, columns)), response);
}
