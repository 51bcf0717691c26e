import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBinary, readJson, rootDir } from './places.mjs';
import { launch } from './processes.mjs';
import { secret } from './tokens.mjs';

/** Passerelle with one of the files in bench/passerelle; its working directory is temporary, so nothing is left behind. */
export const passerelle = ({ name, file, ...peer }) => ({
  name,
  kind: 'ours',
  version: () => readJson(join(rootDir, 'package.json')).version,
  start: ({ port, upstream, dir, log }) =>
    launch('gateway', join(rootDir, 'bin', 'passerelle'), ['start', '--config', configFile(file), '--port', String(port)], {
      log,
      cwd: dir,
      env: {
        UPSTREAM_URL: upstream,
        DATA_DIR: dir,
        JWT_SECRET_KEY: secret,
        // Started by an older Node, the command would hand over to the pinned one and stay beside it: one process too many.
        PATH: dirname(nodeBinary) + delimiter + process.env.PATH,
      },
    }),
  ...peer,
});

const configFile = (file) => fileURLToPath(new URL(`../passerelle/${file}`, import.meta.url));
