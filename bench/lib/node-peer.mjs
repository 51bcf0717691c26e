import { fileURLToPath } from 'node:url';
import { nodeBinary, nodeVersion, packageVersion } from './places.mjs';
import { launch } from './processes.mjs';

const server = fileURLToPath(new URL('serve.mjs', import.meta.url));

/**
 * A peer written in Node: `serve({ port, upstream })` runs in a process of its own, started from the peer's own file.
 * Packages are imported inside `serve`, so that the benchmark can list its peers before they are installed.
 */
export const nodePeer = (moduleUrl, { package: name, ...peer }) => ({
  kind: 'peer',
  version: () => (name ? packageVersion(name) : `Node ${nodeVersion()}`),
  start: ({ port, upstream, log }) =>
    launch('gateway', nodeBinary, [server, fileURLToPath(moduleUrl)], { log, env: { PORT: String(port), UPSTREAM: upstream } }),
  ...peer,
});
