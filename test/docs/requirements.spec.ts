import { evidenceOf, read, rowsOf } from './markdown.js';

describe('docs/requirements.md', () => {
  const rows = rowsOf(read('docs/requirements.md')).filter(([id]) => /^[TALCOX]\d+$/.test(id ?? ''));

  it('has every row once, with a status', () => {
    const ids = rows.map(([id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(rows.filter((row) => row.length !== 5 || !/^(?:done|partly|not yet)(?:$|: \S)/.test(row[3] ?? ''))).toEqual([]);
  });

  it.each(rows.filter((row) => row[3]?.startsWith('done')).map((row) => [row[0] as string, row[4] as string]))('%s is done: a test behind it bears its id', (id, tests) => {
    const bearing = evidenceOf('docs/requirements.md', tests).filter(({ file }) => new RegExp(`\\b${id}\\b`).test(read(file)));
    expect(bearing).not.toEqual([]);
  });

  it('names no test behind what is not there', () => {
    expect(rows.filter((row) => row[3]?.startsWith('not yet') && row[4] !== '')).toEqual([]);
  });
});
