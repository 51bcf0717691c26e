import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { onCore } from './cores.mjs';

const running = new Set();

/**
 * Starts a server in a process group of its own, so that one signal ends it with all its workers. Output goes to a
 * file, in append mode, so that the file can be emptied while the process writes on.
 */
export function launch(who, command, args, { log, env = {}, cwd }) {
  const output = openSync(log, 'a');
  const [program, words] = onCore(who, command, args);
  const child = spawn(program, words, {
    cwd,
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  closeSync(output);
  child.log = log;
  child.on('error', (error) => { child.failure = error; });
  child.on('exit', (code, signal) => {
    running.delete(child);
    child.failure ??= new Error(`ended with ${signal ?? `code ${code}`}\n${tail(log)}`);
  });
  running.add(child);
  return child;
}

/** Runs a load generator to its end and gives what it printed. It is tracked too: an interrupted run leaves none behind. */
export const capture = (program, args) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].on('data', (chunk) => { printed[stream] += chunk; });
    running.add(child);
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      if (code === 0) resolve(printed.stdout);
      else reject(new Error(`${program} ended with code ${code}\n${printed.stderr}`));
    });
  });

export const tail = (log) => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');

export function stop(child) {
  if (!running.delete(child) || child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

/** `exit` also follows an uncaught error, so no path leaves a server behind. */
export function stopAllAtExit() {
  process.on('exit', () => { for (const child of running) stop(child); });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
}

export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
