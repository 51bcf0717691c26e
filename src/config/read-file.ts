import { readFileSync, statSync } from 'node:fs';

/** Largest configuration file read, in bytes; two thousand routes are about a tenth of it. */
const MAX_CONFIGURATION = 4 * 1024 * 1024;
/** Largest file that `${file:...}` reads, or that is answered with. */
const MAX_VALUE = 1024 * 1024;

export type Reading = { readonly text: string } | { readonly problem: string };
type Bytes = { readonly bytes: Buffer } | { readonly problem: string };

/** What was looked at, absolute, and the state it was in then: what to compare with to know when to read again. */
export type Looked = Map<string, string>;

/** What a load found on the disk, call by call: from it another process loads the very same, whatever became of the files. */
export type Image = Map<string, unknown>;

/** What goes on while files are read. */
interface Reads {
  readonly looked: Looked;
  /** Gets all that is found. */
  readonly image: Image;
  /** What to go by instead of the disk. */
  readonly from?: Image | undefined;
}

let reads: Reads | null = null;

/** Runs `work` and notes what it reads or looks for in vain. Reading is synchronous, so nobody else's reads get in. */
export function notingReads<T>(into: Reads, work: () => T): T {
  const before = reads;
  reads = into;
  try {
    return work();
  } finally {
    reads = before;
  }
}

/** What the image that is gone by knows of `key`, else what `look` finds on the disk. */
export function found<T>(key: string, look: () => T): T {
  if (reads?.from?.has(key)) return reads.from.get(key) as T;
  const result = look();
  reads?.image.set(key, result);
  return result;
}

/** Notes a path that is looked into by other means, such as a folder whose files a pattern picks. */
export function noteRead(path: string): void {
  reads?.looked.set(path, stateOf(path));
}

/** Tells one state of a file or folder from another; also what cannot be looked at has one, its error. */
export function stateOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** A configuration file's text, or why there is none, in one sentence. */
export function readConfigurationFile(path: string): Reading {
  const reading = readText(path, MAX_CONFIGURATION);
  if ('text' in reading && reading.text.trim() === '') return { problem: 'the file is empty' };
  return reading;
}

/** The text that `${file:...}` stands for: the last line ending is dropped. */
export function readValueFile(path: string): Reading {
  const reading = readText(path, MAX_VALUE);
  return 'text' in reading ? { text: reading.text.replace(/\r?\n$/, '') } : reading;
}

/** The bytes of a file that is answered with. */
export function readBodyFile(path: string): Bytes {
  return readBytes(path, MAX_VALUE);
}

function readText(path: string, limit: number): Reading {
  const reading = readBytes(path, limit);
  return 'bytes' in reading ? textOf(reading.bytes) : reading;
}

function readBytes(path: string, limit: number): Bytes {
  return found(`bytes ${path}`, () => readFromDisk(path, limit));
}

function readFromDisk(path: string, limit: number): Bytes {
  noteRead(path);
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { problem: 'this is a directory, expected a file' };
    // A pipe or a device could block for ever or never end.
    if (!stat.isFile()) return { problem: 'this is not a regular file' };
    if (stat.size > limit) return { problem: `the file is over ${limit / 1024 / 1024} MiB` };
    return { bytes: readFileSync(path) };
  } catch (error) {
    return { problem: reason(error) };
  }
}

/** Bytes as the text that a configuration is. */
export function textOf(bytes: Uint8Array): Reading {
  if (bytes.includes(0)) return { problem: 'this is a binary file (or UTF-16), expected UTF-8 text' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'the file is not UTF-8 text' };
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read the file';
  return `the file cannot be read (${code ?? String(error)})`;
}
