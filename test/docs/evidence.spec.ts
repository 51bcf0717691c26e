import { existsSync } from 'node:fs';
import path from 'node:path';
import { evidenceOf, read, root, rowsOf } from './markdown.js';

describe('the tests that pages name as evidence', () => {
  it.each(['docs/security_audit.md', 'docs/conformance.md', 'docs/requirements.md'])('%s: are there, and say what is quoted', (page) => {
    const all = rowsOf(read(page)).flatMap((row) => evidenceOf(page, row.at(-1) ?? ''));
    expect(all.length).toBeGreaterThan(20);
    const wrong = all.flatMap(({ file, quotes }) => {
      if (!existsSync(path.join(root, file))) return [`${file} is not there`];
      const text = read(file);
      return quotes.filter((quote) => !text.includes(quote)).map((quote) => `${file} does not say “${quote}”`);
    });
    expect(wrong).toEqual([]);
  });

  it('docs/security_audit.md: all ten risks of OWASP', () => {
    const risks = rowsOf(read('docs/security_audit.md')).map(([risk]) => /^API(\d+) /.exec(risk ?? '')?.[1]).filter((number) => number !== undefined);
    expect(risks.map(Number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('docs/security_audit.md: no line without one', () => {
    const bare = rowsOf(read('docs/security_audit.md')).filter((row) => !/\.spec\.ts\)|`npm run check`/.test(row.at(-1) ?? ''));
    expect(bare).toEqual([]);
  });
});
