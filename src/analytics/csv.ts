/**
 * Writes an answer as CSV (RFC 4180): one row per number, its name made of the keys that lead to it, `::` between them.
 * The first key is the file's or ours, so that no cell begins with what a spreadsheet would take for a formula.
 */
export function toCsv(answer: unknown): string {
  return [['name', 'value'], ...rowsOf(answer, [])].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function rowsOf(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[path.join('::'), value === null || value === undefined ? '' : String(value as string | number | boolean)]];
  return Object.entries(value).flatMap(([key, inner]) => rowsOf(inner, [...path, key]));
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
