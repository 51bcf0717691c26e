import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from './places.mjs';
import { processTree } from './process-tree.mjs';

const EVENTS = 'instructions:u,instructions:k';

/** Virtual machines often hide the counters, and perf then prints "<not supported>" but succeeds: ask it once. */
export const perf = detect();

function detect() {
  const binary = findBinary('perf');
  if (!binary) return undefined;
  const { status, stderr } = spawnSync(binary, ['stat', '-x', ',', '-e', EVENTS, 'true'], { encoding: 'utf8' });
  return status === 0 && !stderr.includes('<not') ? binary : undefined;
}

/** Counts, where the machine can, what the tree of `pid` executes while the command runs. */
export async function countInstructions(pid, [program, args], run) {
  if (!perf) return run(program, args);
  const dir = mkdtempSync(join(tmpdir(), 'passerelle-perf-'));
  try {
    const output = join(dir, 'counts.csv');
    const result = await run(perf, ['stat', '-x', ',', '-o', output, '-e', EVENTS, '-p', processTree(pid).join(','), '--', program, ...args]);
    return { ...result, instructions: readCounts(readFileSync(output, 'utf8'), result.requests) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Processors with two kinds of cores report one line for each kind. */
export function readCounts(csv, requests) {
  const count = (event) =>
    csv.split('\n').filter((line) => event.test(line)).reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0), 0) / requests;
  const user = count(/instructions[:/]u/);
  const kernel = count(/instructions[:/]k/);
  return { user, kernel, total: user + kernel };
}
