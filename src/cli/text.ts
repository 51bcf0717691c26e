/** Pads the cells of a table so that its columns stand under each other; the last column is left as it is. */
export function aligned(rows: readonly (readonly string[])[]): string[][] {
  const widths: number[] = [];
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))));
}

/** The same as lines, two blanks between columns. */
export function alignedLines(rows: readonly (readonly string[])[]): string[] {
  return aligned(rows).map((row) => row.join('  ').trimEnd());
}

/** A word as a POSIX shell reads it back. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** `1 route`, `2 routes`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `gateway.yaml:41`; `built in` for what nobody wrote. */
export function placed({ file, line }: { readonly file: string; readonly line: number }): string {
  if (file === '') return 'built in';
  return line > 0 ? `${file}:${line}` : file;
}

/** One value on one line. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.length === 0 ? '[]' : value.join(', ');
  return JSON.stringify(value);
}
