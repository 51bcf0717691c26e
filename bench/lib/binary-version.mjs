import { spawnSync } from 'node:child_process';
import { findBinary } from './places.mjs';

/** nginx prints its version on stderr, the others on stdout. */
export function binaryVersion(name, flag) {
  const { stdout, stderr } = spawnSync(findBinary(name), [flag], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'unknown';
}
