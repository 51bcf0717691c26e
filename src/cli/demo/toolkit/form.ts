import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './call.js';
import { partsOf, textOf } from './multipart.js';

/** What is kept of an uploaded file: the bytes themselves are counted, hashed and let go. */
interface Receipt {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
}

interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly Receipt[];
}

const maxParts = 100;

async function digest(content: AsyncIterable<Buffer>): Promise<Pick<Receipt, 'size' | 'sha256'>> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest('hex') };
}

export async function readForm(request: IncomingMessage): Promise<Form> {
  const fields: Record<string, string> = {};
  const files: Receipt[] = [];
  let parts = 0;
  for await (const { name, filename, type, content } of partsOf(request)) {
    if (++parts > maxParts) throw new Refusal(413, 'Trop de champs dans le formulaire');
    if (filename === undefined) fields[name] = await textOf(content);
    else files.push({ field: name, name: filename, type, ...(await digest(content)) });
  }
  return { fields, files };
}
