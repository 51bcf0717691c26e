import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const benchDir = dirname(dirname(fileURLToPath(import.meta.url)));
export const rootDir = dirname(benchDir);

const pinned = join(rootDir, 'node_modules', '.bin', 'node');

/** Every Node peer runs on the product's pinned runtime, whichever Node started the benchmark. */
export const nodeBinary = existsSync(pinned) ? pinned : process.execPath;

export const nodeVersion = () => execFileSync(nodeBinary, ['--version'], { encoding: 'utf8' }).trim().slice(1);

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

export const packageVersion = (name) => readJson(join(benchDir, 'node_modules', name, 'package.json')).version;

/** Debian keeps nginx and haproxy in sbin, which is not on every user's PATH. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

export const findBinary = (name) => folders.map((folder) => join(folder, name)).find(isExecutable);

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
