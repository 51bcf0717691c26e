import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryVersion } from '../lib/binary-version.mjs';
import { findBinary } from '../lib/places.mjs';
import { launch } from '../lib/processes.mjs';

const configuration = (port, upstream) => `global
  nbthread 1
  maxconn 1000
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  server items ${new URL(upstream).host}
`;

export const haproxy = {
  name: 'haproxy',
  kind: 'peer',
  needs: 'haproxy',
  version: () => binaryVersion('haproxy', '-v'),
  start({ port, upstream, dir, log }) {
    const config = join(dir, 'haproxy.cfg');
    writeFileSync(config, configuration(port, upstream));
    return launch('gateway', findBinary('haproxy'), ['-db', '-f', config], { log });
  },
};
