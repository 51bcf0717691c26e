import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Milliseconds a package may take to arrive. */
const PATIENCE = 600_000;

/**
 * One installation at a time, whoever asks; what the one before brought is not asked for again. Package lists are
 * fetched only when the package is not known yet, and other users of apt are waited for.
 */
const INSTALL = `
command -v "$1" && exit
install() { apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$2" >&2; }
install "$@" && command -v "$1" && exit
for attempt in 1 2 3 4 5; do apt-get -qq update >&2 && break; sleep 5; done
install "$@" && command -v "$1"
`;

/** Path of a command; `null` when there is none. */
async function findCommand(command: string): Promise<string | null> {
  return run('sh', ['-c', 'command -v "$1"', 'sh', command]).then(({ stdout }) => stdout.trim(), () => null);
}

/**
 * Path of a command. Where it is missing, Debian's package is installed, if we are root on such a system.
 * @returns `null` when it cannot be had.
 */
export async function ensureCommand(command: string, debianPackage: string): Promise<string | null> {
  const found = await findCommand(command);
  if (found !== null) return found;
  if (process.getuid?.() !== 0 || (await findCommand('apt-get')) === null || (await findCommand('flock')) === null) return null;
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { stdout } = await run('flock', ['/var/lock/passerelle-apt.lock', 'sh', '-c', INSTALL, 'sh', command, debianPackage], { env, timeout: PATIENCE });
    return stdout.trim() || null;
  } catch (error) {
    process.stderr.write(`The package ${debianPackage} could not be installed: ${(error as Error).message}\n`);
    return null;
  }
}
