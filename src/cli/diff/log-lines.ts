import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Failure } from '../failure.js';

/** Bytes of a line at most; what is longer is no access line, and must not fill the memory. */
const LONGEST = 262_144;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NOTHING = Buffer.alloc(0);

/**
 * The bytes of a log: a file, one packed by gzip where its name ends in `.gz`, or the standard input for `-`.
 * @throws Failure when there is no such file.
 */
export function openLog(file: string): Readable {
  if (file === '-') return process.stdin;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Failure(`There is no file ${file} to replay.`);
  const bytes = createReadStream(file, { highWaterMark: 262_144 });
  // An error of either ends the loop that reads.
  return file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => {}) : bytes;
}

/** Lines without their ends, as many at a time as have arrived; `null` stands for one that is too long to be read. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<(Buffer | null)[]> {
  let rest: Buffer = NOTHING;
  let skipping = false;
  for await (const chunk of chunks) {
    const lines: (Buffer | null)[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const line = rest.length === 0 ? chunk.subarray(start, end) : Buffer.concat([rest, chunk.subarray(start, end)]);
      lines.push(skipping || line.length > LONGEST ? null : withoutReturn(line));
      [rest, skipping, start] = [NOTHING, false, end + 1];
    }
    if (!skipping) rest = rest.length === 0 ? chunk.subarray(start) : Buffer.concat([rest, chunk.subarray(start)]);
    if (rest.length > LONGEST) [rest, skipping] = [NOTHING, true];
    yield lines;
  }
  if (skipping) yield [null];
  else if (rest.length > 0) yield [withoutReturn(rest)];
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
