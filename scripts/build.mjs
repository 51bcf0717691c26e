// Compiles src and libs to dist, and puts ReDoc there. The stamp's time is the build's: what is newer must be built again.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { copyFileSync, mkdirSync, utimesSync } from 'node:fs';

const require = createRequire(import.meta.url);
const started = new Date();
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
copyRedoc('dist/assets/redoc');
if (status === 0) utimesSync('dist/.tsbuildinfo', started, started);
process.exit(status ?? 1);

// With its licences; the package itself and all it depends on stay out of what runs.
function copyRedoc(folder) {
  const bundles = join(dirname(require.resolve('redoc/package.json')), 'bundles');
  mkdirSync(folder, { recursive: true });
  for (const file of ['redoc.standalone.js', 'redoc.standalone.js.LICENSE.txt']) copyFileSync(join(bundles, file), join(folder, file));
  copyFileSync(join(bundles, '..', 'LICENSE'), join(folder, 'LICENSE'));
}
