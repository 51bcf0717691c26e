import { stop } from '../lib/processes.mjs';
import { residentMegabytes } from '../lib/process-tree.mjs';
import { sleep } from '../lib/say.mjs';
import { itemsFile, startGateway } from './gateway.mjs';
import { Helper } from './helper.mjs';
import { metricsOf, round } from './watch.mjs';

const COUNT = 10_000;

/** What clients cost that are connected and ask for nothing. */
export async function idleConnections({ dir, seconds, services: { fast } }) {
  const row = await startGateway('idle', itemsFile({ targets: fast }), dir);
  // What the first requests bring into memory is not the connections'.
  const few = new Helper('idle-clients.mjs', { port: row.port, count: 100 });
  await few.says();
  few.end();
  await sleep(1000);
  const before = residentMegabytes(row.child.pid);
  const clients = new Helper('idle-clients.mjs', { port: row.port, count: COUNT });
  const { well: first } = await clients.says();
  await sleep(seconds * 1000);
  const idle = residentMegabytes(row.child.pid);
  const { nodejs_eventloop_lag_p99_seconds: lag } = await metricsOf(row, ['nodejs_eventloop_lag_p99_seconds']);
  const { well: again } = await clients.tell('again');
  clients.end();
  await sleep(2000);
  const after = residentMegabytes(row.child.pid);
  stop(row.child);
  const each = ((idle - before) * 1024) / COUNT;
  return {
    rows: { [`${COUNT} connections`]: { 'answered on arrival': first, [`answered after ${seconds} s of silence`]: again, 'MB before': round(before), 'MB with them': round(idle), 'kB each': round(each, 1), 'MB after they left': round(after), 'event loop late, p99 ms': round(lag * 1000, 1) } },
    objectives: [
      { what: `idle connections that are answered, of ${COUNT}`, limit: COUNT, atLeast: true, value: again },
      { what: 'memory of a connection: what 512 MB leave for each, less an idle gateway', unit: 'kB', limit: 38, value: each },
      { what: 'memory with all of them (SuperSmartMatch: about 512 MB)', unit: 'MB', limit: 512, value: idle },
    ],
  };
}
