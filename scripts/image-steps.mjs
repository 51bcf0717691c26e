// Does what `docker build` and `docker run` would, where there is no engine: every RUN and COPY of the Dockerfile in a root
// of its own, then the image's command in that root, read-only, as the image's user and without any rights. The programs
// of the base image are this machine's, but for Node, which is the pinned one.
//   node scripts/image-steps.mjs           all of it, from the registry of packages on
//   node scripts/image-steps.mjs --quick   with the packages and the build of this checkout instead of those two steps
// It needs Linux, and root or a `sudo` that does not ask.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyFromContext, copyOf, instructions, root, stages, targetOf } from './dockerfile.mjs';

const NO_WAY_IN = 3;
const works = (prefix) => spawnSync('sh', ['-c', '"$@" unshare --mount true', 'sh', ...prefix]).status === 0;
const prefix = [[], ['sudo', '-n']].find(works);
if (prefix === undefined) fail('There is no way to a root of one’s own here: it takes Linux, and root or sudo.', NO_WAY_IN);
const version = `v${instructions[0].rest.split('=')[1]}`;
if (process.version !== version) fail(`The image has Node ${version}, this is ${process.version}: start it with node_modules/.bin/node.`);

const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-image-'));
chmodSync(folder, 0o755);
const quick = process.argv.includes('--quick');

/** What of /etc a program needs to find names, users and authorities. */
const ETC = ['resolv.conf', 'hosts', 'nsswitch.conf', 'ssl', 'ld.so.cache', 'ld.so.conf.d', 'alternatives', 'ca-certificates', 'os-release'];

function newRoot(name) {
  const at = path.join(folder, name);
  for (const each of ['usr', 'dev', 'proc', 'tmp', 'run', 'root', 'etc', 'var/lib']) mkdirSync(path.join(at, each), { recursive: true });
  for (const each of ETC) if (existsSync(`/etc/${each}`)) cpSync(`/etc/${each}`, path.join(at, 'etc', each), { recursive: true, dereference: false });
  writeFileSync(path.join(at, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n');
  return at;
}

/** Mounts a root, in a namespace that ends with the command. `$1` is the root, `$2` Node, `$3` what else is to be mounted. */
const ENTER = `
set -eu
root=$1 node=$2 more=$3
shift 3
for link in bin sbin lib lib64; do [ ! -L "/$link" ] || cp -P "/$link" "$root/$link"; done
mount --bind "$root" "$root"
mount --bind /usr "$root/usr"
mount -t tmpfs tmpfs "$root/usr/local/bin"
touch "$root/usr/local/bin/node"
mount --bind "$node" "$root/usr/local/bin/node"
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
eval "$more"
exec chroot "$root" "$@"
`;

/** @param rights of setpriv: those of a RUN, or of the container. */
function command(at, { more = '', rights, workdir, env, argv }) {
  const inside = ['sh', '-c', 'cd "$0" && exec "$@"', workdir, ...argv];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [...prefix, 'unshare', '--mount', 'sh', '-c', ENTER, 'sh', at, process.execPath, more, 'setpriv', ...rights, '--no-new-privs', '--inh-caps=-all', 'env', '-i', ...variables, ...inside];
}

// Root, as in Docker, but for nothing other than what files and owners take.
const BUILDER = ['--bounding-set=-all,+chown,+dac_override,+fowner'];
const PATH = '/usr/local/bin:/usr/bin:/bin';

function run(at, workdir, line) {
  const npmrc = path.join(homedir(), '.npmrc');
  const cache = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).stdout.trim();
  mkdirSync(path.join(at, 'root/.npm'), { recursive: true });
  const more = [
    existsSync(npmrc) ? `touch "$root/root/.npmrc"; mount --bind '${npmrc}' "$root/root/.npmrc"` : '',
    existsSync(cache) ? `mount --bind '${cache}' "$root/root/.npm"` : '',
  ].join('\n');
  const env = { PATH, HOME: '/root', CI: 'true', npm_config_cache: '/root/.npm', npm_config_prefer_offline: 'true', npm_config_update_notifier: 'false' };
  const [program, ...argv] = command(at, { more, rights: BUILDER, workdir, env, argv: ['sh', '-c', line] });
  const { status, stderr, stdout } = spawnSync(program, argv, { encoding: 'utf8' });
  if (status !== 0) fail(`RUN ${line} ended with ${status}:\n${stdout}${stderr}`);
}

/** Copies what npm would install or make from what this checkout has. The packages of the build are not wanted then. */
function standIn(line, workdir) {
  if (line === 'npm run build') cpSync(path.join(root, 'dist'), path.join(workdir, 'dist'), { recursive: true });
  if (!line.includes('--omit')) return;
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const left = ['dev', 'optional'].filter((kind) => line.includes(`--omit=${kind}`));
  const stays = ([name, each]) => name !== '' && !left.some((kind) => each[kind]) && !(left.length === 2 && each.devOptional);
  const names = Object.entries(packages).filter(stays).map(([name]) => name);
  // Links where they can be: nothing writes to them.
  const copies = (how) => spawnSync('cp', [how, '--parents', ...names, workdir], { cwd: root }).status === 0;
  if (!copies('-al') && !copies('-a')) fail('The packages could not be copied.');
}

const roots = new Map();
const finals = { ENV: [], workdir: '/' };

function build(stage, index) {
  const [{ rest: from }, ...steps] = stage;
  const at = newRoot(`stage-${index}`);
  roots.set(/ AS (\w+)$/.exec(from)?.[1] ?? 'final', at);
  let workdir = '/';
  for (const step of steps) {
    const started = performance.now();
    if (step.word === 'WORKDIR') mkdirSync(path.join(at, (workdir = step.rest)), { recursive: true });
    else if (step.word === 'COPY') copy(copyOf(step), at, workdir);
    else if (step.word === 'RUN' && quick && step.rest.startsWith('npm ')) standIn(step.rest, path.join(at, workdir));
    else if (step.word === 'RUN') run(at, workdir, step.rest);
    else if (step.word === 'ENV') finals.ENV.push(step.rest);
    else if (!['USER', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD'].includes(step.word)) fail(`It cannot do ${step.word}`);
    console.log(`${step.word} ${step.rest} (${Math.round(performance.now() - started)} ms)`);
  }
  finals.workdir = workdir;
  return at;
}

function copy(each, at, workdir) {
  if (each.from === null) return copyFromContext(each, path.join(at, workdir));
  // Moved: no other stage takes it.
  for (const source of each.sources) renameSync(path.join(roots.get(each.from), source), targetOf(source, each.to, path.join(at, workdir)));
}

/** Starts the image as the Compose stack does: that file, those secrets, nothing to write but two folders. */
async function start(at) {
  const last = (word) => stages.at(-1).findLast((step) => step.word === word).rest;
  const [uid, gid] = last('USER').split(':');
  const secrets = path.join(folder, 'secrets');
  spawnSync('sh', [path.join(root, 'deploy/compose/secrets.sh'), secrets]);
  for (const each of ['run/secrets', 'var/lib/passerelle', 'etc/passerelle']) mkdirSync(path.join(at, each), { recursive: true });
  const more = `
mount --bind '${secrets}' "$root/run/secrets"; chmod 755 "$root/run/secrets"
mount --bind '${path.join(root, 'deploy/docker/gateway')}' "$root/etc/passerelle"
mount -t tmpfs -o uid=${uid},gid=${gid},mode=0700 tmpfs "$root/var/lib/passerelle"
for each in . usr usr/local/bin etc/passerelle run/secrets; do mount -o remount,bind,ro "$root/$each"; done`;
  const port = await freePort();
  const env = { PATH, HOME: '/tmp', ...Object.fromEntries(finals.ENV.map((each) => each.split('='))), PASSERELLE__SERVER__PORT: String(port), PASSERELLE__SERVER__HOST: '127.0.0.1' };
  const rights = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--bounding-set=-all'];
  const argv = [...JSON.parse(last('ENTRYPOINT')), ...JSON.parse(last('CMD'))];
  const inside = (words) => command(at, { more, rights, workdir: finals.workdir, env, argv: words });
  return { port, inside, argv, check: JSON.parse(last('HEALTHCHECK').replace(/^.*?CMD /, '')), signal: last('STOPSIGNAL') };
}

async function prove({ argv, check, inside, port, signal }) {
  const [denied, ...deniedRest] = inside(['sh', '-c', 'id -u; for each in /app /etc /etc/passerelle /usr /run/secrets; do touch "$each/x" 2> /dev/null && echo "$each"; done; touch /tmp/x /var/lib/passerelle/x && echo fine']);
  const writes = spawnSync(denied, deniedRest, { encoding: 'utf8' });
  if (writes.stdout !== '1000\nfine\n') fail(`What it may write is not what it should: ${writes.stdout}${writes.stderr}`);
  console.log('nothing can be written but /tmp and /var/lib/passerelle');
  const [program, ...rest] = inside(argv);
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
  try {
    const started = performance.now();
    const ready = () => fetch(`http://127.0.0.1:${port}/health/ready`).then(({ status }) => status, () => 0);
    while ((await ready()) !== 200) {
      if (child.exitCode !== null || performance.now() - started > 20_000) fail(`It is not ready:\n${said}`);
      await sleep(50);
    }
    console.log(`/health/ready is 200 after ${Math.round(performance.now() - started)} ms`);
    const [checker, ...checking] = inside(check);
    const healthy = spawnSync(checker, checking, { encoding: 'utf8' });
    if (healthy.status !== 0) fail(`Its health check ended with ${healthy.status}:\n${healthy.stderr}`);
    console.log('its health check is content');
    spawnSync('sh', ['-c', '"$@"', 'sh', ...prefix, 'kill', '-s', signal.replace('SIG', ''), String(child.pid)]);
    const [code] = await ended;
    if (code !== 0) fail(`It ended with ${code}:\n${said}`);
    console.log(`${signal} ends it with 0`);
  } finally {
    child.kill('SIGKILL');
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function fail(message, code = 1) {
  console.error(message);
  if (folder !== undefined) clear();
  process.exit(code);
}

function clear() {
  spawnSync('sh', ['-c', '"$@"', 'sh', ...prefix, 'rm', '-rf', '--one-file-system', folder]);
}

const built = stages.map(build);
await prove(await start(built.at(-1)));
clear();
