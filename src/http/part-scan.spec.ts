import { PartScan } from './part-scan.js';

const HEAD = 'Content-Disposition: form-data; name="a"';
const part = (head = HEAD, content = 'x'): string => `--b\r\n${head}\r\n\r\n${content}\r\n`;

/** Whatever the chunks are, the same is seen. */
function scanned(text: string, boundary = 'b'): { parts: number; fault: string | null } {
  const seen = Array.from({ length: text.length }, (_, i) => {
    const scan = new PartScan(boundary);
    for (let at = 0; at < text.length; at += i + 1) scan.add(Buffer.from(text.slice(at, at + i + 1)));
    return { parts: scan.parts, fault: scan.fault };
  });
  for (const each of seen) expect(each).toEqual(seen[0]);
  return seen[0] as { parts: number; fault: string | null };
}

it.each<[what: string, text: string, parts: number]>([
  ['two parts', `${part()}${part()}--b--\r\n`, 2],
  ['what comes before the first, and behind the end', `preamble --b\r\n${part()}--b--\r\nepilogue --b`, 1],
  ['a delimiter within a line', `${part(HEAD, 'x --b\r\ny--b--z')}--b--`, 1],
  ['no end', part(), 1],
  ['no part', '--b--\r\n', 0],
  ['a part with nothing in it', `${part(HEAD, '')}--b--`, 1],
  ['half a line end', `${part(HEAD, `x\n--b\n${HEAD}\n\ny`)}${part()}--b--`, 2],
])('counts %s', (_what, text, parts) => expect(scanned(text).parts).toBe(parts));

it('does not know another boundary', () => expect(scanned(`${part()}--b--`, 'c')).toEqual({ parts: 0, fault: null }));

it.each<[what: string, text: string, fault: string]>([
  ['parts behind the end', `${part()}--b--\r\n${part()}--b--`, 'follows its end'],
  ['a second end', `${part(HEAD, 'x\n--b--\ny')}--b--\r\n`, 'follows its end'],
  ['a line that goes on', `--bc\r\n${HEAD}\r\n\r\nx\r\n--b--`, 'none'],
  ['half a line end in a head', part(`${HEAD}\nX: 1`), 'none'],
  ['a line that is folded', part('Content-Disposition: form-data;\r\n name="a"'), 'none'],
  ['a head that does not end', `--b\r\n${HEAD}\r\n${part()}`, 'no content'],
  ['a head of any length', part(`${HEAD}\r\nX: ${'x'.repeat(20)}`.repeat(400)), 'too long'],
])('refuses %s', (_what, text, fault) => {
  const scan = new PartScan('b');
  scan.add(Buffer.from(text));
  expect(scan.fault).toContain(fault);
});
