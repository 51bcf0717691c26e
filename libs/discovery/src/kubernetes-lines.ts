/** Bytes of one line: an object of etcd has 1.5 MB at most, and grows as JSON. */
const LONGEST_LINE = 8 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * The lines of a stream, however its chunks are cut. What stands after the last line feed was cut off, and is dropped.
 * @param longest bytes a line may have.
 * @throws Error when a line is longer.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, longest = LONGEST_LINE): AsyncGenerator<string, void> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      if (length + end - start > longest) throw tooLong(longest);
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]).toString();
      [parts, length, start] = [[], 0, end + 1];
      if (line.trim() !== '') yield line;
    }
    length += chunk.length - start;
    if (length > longest) throw tooLong(longest);
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
}

function tooLong(longest: number): Error {
  return new Error(`A line has more than ${longest} bytes`);
}
