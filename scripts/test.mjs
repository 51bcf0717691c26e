// Runs Jest with what ESM needs there. Arguments are Jest's.
import { spawnSync } from 'node:child_process';

// A test that fails half-way may leave a socket open; the run must end all the same.
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const { status } = spawnSync(process.execPath, [...flags, 'node_modules/jest/bin/jest.js', '--forceExit', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
