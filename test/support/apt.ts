import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
export async function findCommand(command: string): Promise<string | null> {
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

/** Where a command is in a package of another release of Debian than the one that runs. */
export interface OldPackage {
  readonly command: string;
  readonly debianPackage: string;
  /** Name of the release, on the mirror that this machine uses. */
  readonly suite: string;
}

/**
 * Fetches one package into a folder of its own and unpacks it there. The machine's package lists and sources stay as they
 * are, and nothing is installed, so that nothing else can come from that release.
 */
const UNPACK = `
set -e
folder=$1 suite=$2 package=$3
[ -e "$folder/root" ] && exit
. /etc/os-release
mirror=$(apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(SITE)' 'Created-By: Packages' | awk -v release="$VERSION_CODENAME" '$1 == release && $2 == "main" { print $3; exit }')
[ -n "$mirror" ]
cd "$folder"
mkdir -p lists/partial cache/archives/partial
echo "deb $mirror $suite main" > sources.list
fetch() { apt-get -qq -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" "$@" >&2; }
for attempt in 1 2 3; do fetch update && break; sleep 5; done
fetch download "$package"
dpkg -x "$package"_*.deb unpacked
rm -r lists cache "$package"_*.deb
mv unpacked root
`;

/**
 * Path of a command: on the path, or in a package of another release, which is fetched once and kept in the folder for
 * temporary files. Needs apt, but no rights.
 * @returns `null` when it cannot be had.
 */
export async function ensureOldPackage({ command, debianPackage, suite }: OldPackage): Promise<string | null> {
  const found = await findCommand(command);
  if (found !== null) return found;
  if ((await findCommand('apt-get')) === null || (await findCommand('flock')) === null) return null;
  const folder = join(tmpdir(), `passerelle-${debianPackage}-${suite}-${process.getuid?.() ?? 0}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await run('flock', [join(folder, 'lock'), 'sh', '-c', UNPACK, 'sh', folder, suite, debianPackage], { timeout: PATIENCE });
    return join(folder, 'root', 'usr', 'bin', command);
  } catch (error) {
    process.stderr.write(`The package ${debianPackage} of ${suite} could not be fetched: ${(error as Error).message}\n`);
    return null;
  }
}
