import { fileURLToPath } from 'node:url';
import { binaryVersion } from './binary-version.mjs';
import { findBinary, nodeBinary } from './places.mjs';
import { launchNginx } from './nginx.mjs';
import { launch } from './processes.mjs';
import { shout } from './say.mjs';

export const path = '/api/v1/items/42';

/** Exactly 1 kB of JSON. */
const shell = { id: 42, name: 'a small answer', note: '' };
export const body = JSON.stringify({ ...shell, note: 'x'.repeat(1024 - JSON.stringify(shell).length) });

/**
 * nginx answering from its configuration: 4.4 us of CPU a request where this was written, against 5.4 for the smallest
 * raw-socket Node server, and over 200,000 requests/s, so that no gateway here waits for it. The Node server
 * remains for machines without nginx. It is measured like a peer: its latency is what the gateways' is compared with.
 */
export const upstreamPeer = {
  name: 'upstream',
  kind: 'reference',
  essential: true,
  version: () => (findBinary('nginx') ? `nginx ${binaryVersion('nginx', '-v')}` : 'raw-socket Node'),
  start: ({ port, dir, log }) => (findBinary('nginx') ? withNginx(port, dir) : withNode(port, log)),
};

const withNginx = (port, dir) => launchNginx('load', dir, `  default_type application/json;
  server {
    listen 127.0.0.1:${port};
    location / { return 200 '${body}'; }
  }`);

function withNode(port, log) {
  shout('nginx is absent: the upstream is a raw-socket Node server');
  const script = fileURLToPath(new URL('raw-upstream.mjs', import.meta.url));
  return launch('load', nodeBinary, [script], { log, env: { PORT: String(port), BODY: body } });
}
