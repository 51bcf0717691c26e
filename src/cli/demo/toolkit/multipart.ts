import type { IncomingMessage } from 'node:http';
import { Refusal } from './call.js';

interface Part {
  readonly name: string;
  /** Absent on a plain field. */
  readonly filename: string | undefined;
  readonly type: string;
  /** To be read to its end before the next part is asked for. */
  readonly content: AsyncIterable<Buffer>;
}

const broken = (): Refusal => new Refusal(400, 'Corps multipart incomplet ou mal formé');

/** Bytes up to a mark, never holding more than one chunk and the length of the mark. */
class Scanner {
  // A line end in front makes the first boundary look like all the others.
  #held = Buffer.from('\r\n');
  readonly #source: AsyncIterator<Buffer>;

  constructor(request: IncomingMessage) {
    this.#source = (request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async *until(mark: string): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      const safe = at >= 0 ? at : this.#held.length - mark.length + 1;
      if (safe > 0) yield this.#held.subarray(0, safe);
      if (safe > 0 || at >= 0) this.#held = this.#held.subarray(safe + (at >= 0 ? mark.length : 0));
      if (at >= 0) return;
      const next = await this.#source.next();
      if (next.done) throw broken();
      this.#held = Buffer.concat([this.#held, next.value]);
    }
  }

  async take(length: number): Promise<string> {
    while (this.#held.length < length) {
      const next = await this.#source.next();
      if (next.done) throw broken();
      this.#held = Buffer.concat([this.#held, next.value]);
    }
    const text = this.#held.toString('latin1', 0, length);
    this.#held = this.#held.subarray(length);
    return text;
  }
}

/** The text of a part, refused beyond the cap. */
export async function textOf(content: AsyncIterable<Buffer>, max = 16_384): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > max) throw new Refusal(413, 'Champ de formulaire trop long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** RFC 7578, streamed: one part after the other, as the bytes come in. */
export async function* partsOf(request: IncomingMessage): AsyncGenerator<Part> {
  const type = /^multipart\/form-data;.*\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(
    request.headers['content-type'] ?? '',
  );
  const boundary = type?.[1] ?? type?.[2];
  if (!boundary) throw new Refusal(415, 'multipart/form-data attendu');
  const mark = `\r\n--${boundary}`;
  const scanner = new Scanner(request);
  await textOf(scanner.until(mark)); // The preamble, if any, means nothing.
  while ((await scanner.take(2)) === '\r\n') {
    const head = await textOf(scanner.until('\r\n\r\n'));
    const name = /;\s*name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined) throw broken();
    const filename = /;\s*filename="([^"]*)"/i.exec(head)?.[1];
    const contentType = /^content-type:\s*(.+)$/im.exec(head)?.[1] ?? 'text/plain';
    yield { name, filename, type: contentType.trim(), content: scanner.until(mark) };
  }
}
