import { passerellePlain } from '../peers/passerelle-plain.mjs';
import { passerellePolicies } from '../peers/passerelle-policies.mjs';
import { closedLoop } from '../lib/closed-loop.mjs';
import { GatewayRow } from '../lib/gateway-row.mjs';
import { openLoop } from '../lib/open-loop.mjs';
import { stop } from '../lib/processes.mjs';
import { say } from '../lib/say.mjs';
import { round } from './watch.mjs';

const RATES = [100, 500, 1000, 2000];
/** In its first seconds under load a gateway stands still for some 60 ms now and then: code is compiled, memory is sorted. */
const WARM_UP = { connections: 32, seconds: 8 };

/** What the gateway adds to the latency of a service, at constant rates. */
export async function addedLatency({ dir, seconds, services: { direct, fast } }) {
  const gateways = [];
  for (const peer of [passerellePlain, passerellePolicies]) {
    const row = new GatewayRow(peer);
    await row.start({ dir, starts: 1, settleMs: 500, upstream: fast });
    await closedLoop(row, { ...WARM_UP, dir });
    gateways.push(row);
  }
  const rows = {};
  for (const rate of RATES) {
    say(`${rate}/s`);
    const without = await openLoop(direct, { rate, seconds });
    for (const row of gateways) {
      const through = await openLoop(row, { rate, seconds });
      rows[`${row === gateways[0] ? 'plain route' : 'with policies'}, ${rate}/s`] = {
        'p50 ms': round(through.p50, 2), 'p95 ms': round(through.p95, 2), 'p99 ms': round(through.p99, 2),
        'added p50 ms': round(through.p50 - without.p50, 2), 'added p99 ms': round(through.p99 - without.p99, 2),
      };
    }
  }
  for (const { child } of gateways) stop(child);
  const worst = (column) => Math.max(...Object.values(rows).map((row) => row[column]));
  return {
    rows,
    objectives: [
      { what: 'added latency, p50, at the worst rate', unit: 'ms', limit: 1, value: worst('added p50 ms') },
      { what: 'added latency, p99, at the worst rate (SuperSmartMatch: 50 ms)', unit: 'ms', limit: 50, value: worst('added p99 ms') },
      { what: 'p95 with policies at 1000/s (Meetinity: 350 ms at 900/s)', unit: 'ms', limit: 350, value: rows['with policies, 1000/s']['p95 ms'] },
      { what: 'p99 with policies at 1000/s (Meetinity: 650 ms at 900/s)', unit: 'ms', limit: 650, value: rows['with policies, 1000/s']['p99 ms'] },
    ],
  };
}
