// Compiles src and libs to dist. The stamp's time is the build's: what is newer must be built again.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { utimesSync } from 'node:fs';

const require = createRequire(import.meta.url);
const started = new Date();
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status === 0) utimesSync('dist/.tsbuildinfo', started, started);
process.exit(status ?? 1);
