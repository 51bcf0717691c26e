import { passerelleCached } from '../peers/passerelle-cached.mjs';
import { passerellePlain } from '../peers/passerelle-plain.mjs';
import { passerellePolicies } from '../peers/passerelle-policies.mjs';
import { closedLoop } from '../lib/closed-loop.mjs';
import { GatewayRow } from '../lib/gateway-row.mjs';
import { stop } from '../lib/processes.mjs';
import { say } from '../lib/say.mjs';
import { median } from '../lib/statistics.mjs';
import { round } from './watch.mjs';

const CONNECTIONS = 64;
const ROUNDS = 3;
const PEERS = { 'plain route': passerellePlain, 'with policies': passerellePolicies, 'from the cache': passerelleCached };

/** How many requests one worker on one core answers when clients ask again as soon as they are answered. */
export async function capacity({ dir, seconds, services: { fast } }) {
  const rows = {};
  for (const [name, peer] of Object.entries(PEERS)) {
    say(name);
    const row = new GatewayRow(peer);
    await row.start({ dir, starts: 1, settleMs: 200, upstream: fast });
    await row.check();
    const once = () => closedLoop(row, { connections: CONNECTIONS, seconds, dir });
    await once();
    const rounds = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await once());
    stop(row.child);
    rows[name] = { 'requests/s': round(median(rounds.map((each) => each.requestsPerSecond))), 'CPU us a request': round(median(rounds.map((each) => each.cpuMicros)), 1) };
  }
  return {
    rows,
    objectives: [
      { what: 'requests/s of one worker, plain route', limit: 8000, atLeast: true, value: rows['plain route']['requests/s'] },
      { what: 'requests/s of one worker, with policies (SuperSmartMatch: 1000, Meetinity: 900)', limit: 1000, atLeast: true, value: rows['with policies']['requests/s'] },
    ],
  };
}
