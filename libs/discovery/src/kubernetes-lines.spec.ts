import { Readable } from 'node:stream';
import { seededRandom } from '#libs/testing';
import { linesOf } from './kubernetes-lines.js';

async function all(parts: readonly (string | Uint8Array)[], longest?: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(parts.map((part) => Buffer.from(part))), longest)) lines.push(line);
  return lines;
}

describe('linesOf', () => {
  it.each<[string, string[], string[]]>([
    ['nothing', [], []],
    ['two lines at once', ['a\nb\n'], ['a', 'b']],
    ['a line over three chunks', ['a', 'b', 'c\n'], ['abc']],
    ['the end of one and the start of another', ['a\nb', 'c\nd\n'], ['a', 'bc', 'd']],
    ['a line feed of its own', ['a', '\n', 'b', '\n'], ['a', 'b']],
    ['empty lines and carriage returns', ['\n\r\na\n\n'], ['a']],
    ['what was cut off', ['a\n{"type":'], ['a']],
  ])('%s', async (_, parts, lines) => expect(await all(parts)).toEqual(lines));

  it('cuts anywhere, also within a character', async () => {
    const lines = ['{"zone":"é"}', '日本', '{}', 'x'.repeat(300)];
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const random = seededRandom(5);
    for (let round = 0; round < 200; round++) {
      const parts: Uint8Array[] = [];
      for (let start = 0; start < bytes.length;) {
        const end = start + 1 + Math.floor(random() * 40);
        parts.push(bytes.subarray(start, end));
        start = end;
      }
      expect(await all(parts)).toEqual(lines);
    }
  });

  it.each<[string, string[]]>([
    ['in one chunk', ['123456789\n']],
    ['over chunks', ['12345', '6789\n']],
    ['without an end', ['12345', '6789', 'x']],
  ])('a line that is too long is an error, %s', async (_, parts) => {
    await expect(all(parts, 8)).rejects.toThrow('more than 8 bytes');
    expect(await all(['12345678\n', '12', '345678\n'], 8)).toEqual(['12345678', '12345678']);
  });
});
