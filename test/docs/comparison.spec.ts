import { read, rowsOf } from './markdown.js';

/** Rows of a table whose head begins so, as objects by the names of its columns. */
function table(page: string, head: RegExp): readonly Readonly<Record<string, string>>[] {
  const lines = read(page).split('\n');
  const start = lines.findIndex((line) => head.test(line));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  const names = (lines[start] as string).split('|').slice(1, -1).map((cell) => cell.trim());
  return rowsOf(lines.slice(start, end).join('\n')).map((cells) => Object.fromEntries(cells.map((cell, index) => [names[index] as string, cell])));
}

describe('O14: docs/comparison.md', () => {
  const measured = table('docs/performance/benchmarks.md', /^\|\s+\| version \|/);
  const told = table('docs/comparison.md', /^\| \| CPU µs a request/);

  it('has the figures of the benchmarks, and no others', () => {
    const figures = measured.map((row) => [row['requests/s'], row['CPU us/request'], row['MB idle'], row['start ms'], row['version']].join(' '));
    const unknown = told.filter((row) => !figures.some((each) => each.startsWith([row['requests/s'], row['CPU µs a request'], row['MB idle'], row['start ms']].join(' '))));
    expect([told.length > 5, unknown]).toEqual([true, []]);
  });

  it('says of each gateway the same number of things, in words that it explains', () => {
    const features = table('docs/comparison.md', /^\| \| Passerelle \|/);
    const words = new Set(['y', 'p', '½', 'c', '3', '€', 'n', '–', '?', 'Kubernetes']);
    const odd = features.filter((row) => Object.values(row).length !== 11 || (row[''] !== 'extended in' && Object.entries(row).some(([column, word]) => column !== '' && !words.has(word))));
    expect([features.length > 30, odd]).toEqual([true, []]);
  });

  it('is dated, and says when not to take Passerelle', () => expect(read('docs/comparison.md')).toMatch(/as of November 2026[\s\S]*\n## When not to use Passerelle\n/));
});
