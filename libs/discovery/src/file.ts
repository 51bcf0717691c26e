import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { defineDiscovery, filePath, type Discovery } from '#libs/kernel';
import { News } from './news.js';
import { duration } from './options.js';
import { readTargetList, type TargetList } from './target-list.js';

/** Largest file read, in bytes; ten thousand addresses are about half of it. */
const LARGEST = 1024 * 1024;

const options = z.strictObject({
  path: filePath().describe(
    'The file, YAML or JSON: a list of addresses, as text such as `http://a:8001|3` with a weight after a bar, or as maps with `url`, `weight`, `zone` and `priority` as under `targets`; `[]` for none. Relative paths start at the folder of the configuration. A new file takes effect when it has been still for one `every`. Danger: whoever may write it decides where requests go.',
  ),
  every: duration().prefault('1s').describe('How often the file is looked at. Default: 1s.'),
}).describe('A file of addresses that other programs write. It is read again when it changes; while it is missing or wrong, its last good list goes on serving, and none of the new one does.');

/** Looks at a file of addresses, as network file systems and Kubernetes, which moves a symbolic link above it, want it. */
export const file = defineDiscovery({
  name: 'file',
  schema: options,
  create: ({ every, path: name }, { folder }): Discovery => {
    const absolute = path.resolve(folder, name);
    return {
      watch(finder) {
        const news = new News(finder);
        const looker = new Looker(absolute, (list) => {
          if ('addresses' in list) news.found(list.addresses);
          else news.lost(`${name}: ${list.problem}`);
        });
        let timer: NodeJS.Timeout | undefined;
        let stopped = false;
        const look = async (): Promise<void> => {
          await looker.look();
          if (!stopped) timer = setTimeout(() => void look(), every).unref();
        };
        void look();
        return () => {
          stopped = true;
          news.end();
          clearTimeout(timer);
        };
      },
    };
  },
});

/** Reads a file whenever it is another one, once it has been still from one look to the next. */
class Looker {
  /** State the file was in when it was read. */
  #read: string | null = null;
  /** State it was in at the last look. */
  #seen: string | null = null;

  constructor(private readonly absolute: string, private readonly tell: (list: TargetList) => void) {}

  async look(): Promise<void> {
    const state = await stateOf(this.absolute);
    const still = state === this.#seen || this.#seen === null;
    this.#seen = state;
    if (!still || state === this.#read) return;
    const reading = await read(this.absolute);
    // What changed while it was read is looked at again.
    if ((await stateOf(this.absolute)) !== state) return;
    // What could not be read is tried again: that may end without a trace in the file.
    this.#read = 'text' in reading ? state : null;
    this.tell('text' in reading ? readTargetList(reading.text) : reading);
  }
}

async function stateOf(absolute: string): Promise<string> {
  try {
    const { ctimeNs, ino, mtimeNs, size } = await stat(absolute, { bigint: true });
    return `${ino} ${mtimeNs} ${ctimeNs} ${size}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

async function read(absolute: string): Promise<{ readonly text: string } | { readonly problem: string }> {
  try {
    const found = await stat(absolute);
    // A pipe or a device could block for ever or never end.
    if (!found.isFile()) return { problem: 'this is not a regular file' };
    if (found.size > LARGEST) return { problem: `the file is over ${LARGEST / 1024 / 1024} MiB` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(absolute)) };
  } catch (error) {
    return { problem: reason(error) };
  }
}

function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read the file';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'the file is not UTF-8 text';
  return `the file cannot be read (${code ?? String(error)})`;
}
