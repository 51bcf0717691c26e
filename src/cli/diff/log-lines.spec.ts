import { linesOf } from './log-lines.js';

async function split(chunks: readonly string[]): Promise<(string | null)[]> {
  const bytes = (async function* () {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  })();
  const found: (string | null)[] = [];
  for await (const lines of linesOf(bytes)) found.push(...lines.map((line) => line?.toString() ?? null));
  return found;
}

const LONG = 'x'.repeat(150_000);

describe('linesOf', () => {
  it.each<[string, readonly string[], readonly (string | null)[]]>([
    ['whole lines', ['a\nb\n'], ['a', 'b']],
    ['a line without its end', ['a\nb'], ['a', 'b']],
    ['a line in pieces', ['a', 'b', 'c\nd'], ['abc', 'd']],
    ['an end at the edge', ['a', '\n', 'b\n'], ['a', 'b']],
    ['carriage returns', ['a\r\nb\r', '\n\r\n'], ['a', 'b', '']],
    ['nothing', [], []],
    ['empty lines', ['\n\n'], ['', '']],
    ['a line that is too long', ['a\n', LONG, LONG, LONG, 'y\nb\n'], ['a', null, 'b']],
    ['one in a single chunk', [`${LONG}${LONG}\nb`], [null, 'b']],
    ['one at the end', ['a\n', LONG, LONG], ['a', null]],
    ['a long line that is not too long', [LONG, `${LONG.slice(1, 9)}\nb`], [`${LONG}xxxxxxxx`, 'b']],
  ])('%s', async (_what, chunks, lines) => expect(await split(chunks)).toEqual(lines));
});
