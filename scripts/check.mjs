// Everything a change must pass beside the tests. Runs all, then says which failed.
import { spawnSync } from 'node:child_process';

/** @type {[name: string, command: string, args: string[]][]} */
const checks = [
  ['lock file', 'node', ['scripts/check-lock.mjs']],
  ['types', 'tsc', ['--noEmit', '-p', '.']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['floors', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'src', 'libs']],
  ['dead code', 'knip', []],
  ['build', 'node', ['scripts/build.mjs']],
  ['generated docs', 'node', ['scripts/generate-docs.mjs', '--check']],
];
const failed = checks.filter(([name, command, args]) => {
  console.log(`\n# ${name}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.map(([name]) => name).join(', ')}`);
  process.exit(1);
}
