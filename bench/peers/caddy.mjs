import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryVersion } from '../lib/binary-version.mjs';
import { findBinary } from '../lib/places.mjs';
import { launch } from '../lib/processes.mjs';

/** Access logs are off by default; idle upstream connections are raised so that none is closed under 32 clients. */
const caddyfile = (port, upstream) => `{
  admin off
  auto_https off
}
http://:${port} {
  bind 127.0.0.1
  reverse_proxy ${upstream} {
    transport http {
      keepalive_idle_conns_per_host 256
    }
  }
}
`;

export const caddy = {
  name: 'caddy',
  kind: 'peer',
  needs: 'caddy',
  version: () => binaryVersion('caddy', 'version'),
  start({ port, upstream, dir, log }) {
    const config = join(dir, 'Caddyfile');
    writeFileSync(config, caddyfile(port, upstream));
    return launch('gateway', findBinary('caddy'), ['run', '--config', config, '--adapter', 'caddyfile'], {
      log,
      env: { GOMAXPROCS: '1', HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir },
    });
  },
};
