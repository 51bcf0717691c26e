import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, delimiter, join } from 'node:path';
import { benchDir, findBinary, nodeBinary } from './places.mjs';
import { say, shout } from './say.mjs';

const tools = ['caddy', 'nginx', 'haproxy', 'wrk'];

/** Installs only what is absent: a second run touches neither npm nor apt. */
export function installWhatIsAbsent() {
  if (!existsSync(join(benchDir, 'node_modules', '.package-lock.json'))) installPackages();
  const absent = tools.filter((tool) => !findBinary(tool));
  if (absent.length > 0) installTools(absent);
  for (const tool of tools) if (!findBinary(tool)) shout(`${tool} is not installed and could not be: what needs it is left out`);
}

function installPackages() {
  say('npm ci');
  // npm on an older Node silently resolves older majors, so the pinned one goes first.
  const PATH = dirname(nodeBinary) + delimiter + process.env.PATH;
  const { status } = spawnSync('npm', ['ci'], { cwd: benchDir, stdio: 'inherit', env: { ...process.env, PATH } });
  if (status !== 0) throw new Error('npm ci failed in bench/');
}

function installTools(absent) {
  if (process.getuid?.() !== 0 || !findBinary('apt-get')) return;
  say(`apt-get install ${absent.join(' ')}`);
  withoutServiceStarts(() => {
    apt('update', '-qq');
    // One at a time: a package this distribution lacks must not take the others with it.
    for (const tool of absent) apt('install', '-y', '-qq', '--no-install-recommends', tool);
  });
}

const apt = (...args) =>
  spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });

/** Debian starts a service when it installs one; exit code 101 of this hook is its documented "no". */
function withoutServiceStarts(install) {
  const hook = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(hook);
  if (ours) writeFileSync(hook, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (ours) rmSync(hook);
  }
}
