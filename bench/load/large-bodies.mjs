import { fileURLToPath } from 'node:url';
import { stop } from '../lib/processes.mjs';
import { itemsFile, startGateway } from './gateway.mjs';
import { Helper } from './helper.mjs';
import { startService } from './services.mjs';
import { round, watchMemory } from './watch.mjs';

const MEBIBYTE = 1024 * 1024;
const SIZE = 100;
const CLIENTS = 8;
const LARGE_SERVICE = fileURLToPath(new URL('large-service.mjs', import.meta.url));

/** Uploads and downloads of 100 MiB at once: a body is nowhere whole. */
export async function largeBodies({ dir, seconds }) {
  const service = await startService(LARGE_SERVICE, { dir });
  const row = await startGateway('large', itemsFile({ targets: service.url, routes: '  large: { match: { path: /large/** }, to: items, body: { limit: 1GiB }, timeout: { firstByte: 10m, total: 10m } }' }), dir);
  const transfer = async (clients, bytes, milliseconds) => {
    const memory = watchMemory(row, 100);
    const seen = await new Helper('large-clients.mjs', { port: row.port, clients, bytes, milliseconds }).says();
    return { ...seen, peak: memory.stop().peak };
  };
  // The same with small bodies first: what is compiled, and as many connections.
  const small = await transfer(CLIENTS, MEBIBYTE, 2000);
  const large = await transfer(CLIENTS, SIZE * MEBIBYTE, seconds * 1000);
  stop(row.child);
  stop(service.child);
  const line = ({ downloads, peak, seconds: took, uploads, wrong }, size) => ({ uploads, downloads, wrong, 'MiB/s': round(((uploads + downloads) * size) / took), 'peak MB': round(peak) });
  return {
    rows: { [`${CLIENTS} uploads and ${CLIENTS} downloads of 1 MiB`]: line(small, 1), [`${CLIENTS} uploads and ${CLIENTS} downloads of ${SIZE} MiB`]: line(large, SIZE) },
    objectives: [
      { what: 'bodies that did not arrive whole', limit: 0, value: small.wrong + large.wrong },
      { what: 'memory at its peak with 100 MiB, more than with 1 MiB', unit: 'MB', limit: 64, value: large.peak - small.peak },
    ],
  };
}
