import { join } from 'node:path';
import { GatewayRow } from '../lib/gateway-row.mjs';
import { nodeBinary } from '../lib/places.mjs';
import { freePort, launch } from '../lib/processes.mjs';
import { sleep } from '../lib/say.mjs';
import { upstreamPeer } from '../lib/upstream.mjs';
import { ask } from '../lib/ask.mjs';

/** The service that answers at once, whose latency is also what a gateway's is compared with. */
export async function startServices(dir) {
  const direct = new GatewayRow(upstreamPeer);
  await direct.start({ dir, starts: 1, settleMs: 100 });
  return { direct, fast: new URL(direct.url).origin };
}

/** A service of a script of ours, on a port of its choice or a free one. */
export async function startService(script, { dir, env = {}, port }) {
  const own = port ?? await freePort();
  const child = launch('load', nodeBinary, [script], { log: join(dir, 'service.log'), env: { PORT: String(own), ...env } });
  const url = `http://127.0.0.1:${own}`;
  for (let i = 0; i < 500; i++) {
    if (child.failure) throw child.failure;
    if (await ask(`${url}/`).then(() => true, () => false)) return { child, url, port: own };
    await sleep(20);
  }
  throw new Error(`${script} does not answer`);
}
