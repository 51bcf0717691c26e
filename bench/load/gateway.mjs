import { delimiter, dirname, join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { GatewayRow } from '../lib/gateway-row.mjs';
import { nodeBinary, rootDir } from '../lib/places.mjs';
import { launch } from '../lib/processes.mjs';
import { secret } from '../lib/tokens.mjs';

/** A file for one service; `/api/v1/items/**` is its first route. @param more of the service, in YAML. @param routes further ones. */
export const itemsFile = ({ targets, more = '', priority = '', routes = '', top = 'log: { access: off }' }) => `version: 1
${top}
services: { items: { targets: ${JSON.stringify(targets)}, ${more} } }
defaults: { authenticate: none }
routes:
  items: { match: { path: /api/v1/items/** }, to: items, ${priority} }
${routes}`;

/** A gateway on a core of its own, with a file that can be written anew: `row.file`. */
export async function startGateway(name, yaml, dir) {
  const row = new GatewayRow({
    name, kind: 'ours', essential: true, version: () => '',
    start: ({ port, dir: own, log }) => {
      row.file = join(own, 'gateway.yaml');
      writeFileSync(row.file, yaml);
      return launch('gateway', join(rootDir, 'bin', 'passerelle'), ['start', '--config', row.file, '--port', String(port)], {
        log, cwd: own, env: { JWT_SECRET_KEY: secret, PATH: dirname(nodeBinary) + delimiter + process.env.PATH },
      });
    },
  });
  await row.start({ dir, starts: 1, settleMs: 500 });
  row.port = Number(new URL(row.url).port);
  return row;
}
