import { closedLoop } from './closed-loop.mjs';
import { openLoop } from './open-loop.mjs';
import { residentMegabytes } from './process-tree.mjs';
import { say, sleep } from './say.mjs';

/** Rounds go across the peers, each time starting with another one, so that a noisy minute hits all of them. */
export async function measure(rows, options) {
  // Twice: a just-in-time compiler is not done after one.
  for (let i = 0; i < 2; i++) for (const row of rows) await row.attempt('warm-up', () => closedLoop(row, options));
  for (let round = 0; round < options.rounds; round++) {
    say(`-- round ${round + 1} of ${options.rounds}`);
    for (const row of rotate(rows, round)) await row.attempt('measuring', () => measureOnce(row, options));
  }
  for (const row of rows) await row.attempt('memory', () => { row.loadedMB = residentMegabytes(row.child.pid); });
}

async function measureOnce(row, options) {
  const load = await closedLoop(row, options);
  // The garbage of the load must not be collected on the latency's account.
  await sleep(options.settleMs);
  row.rounds.push({ ...load, latency: await openLoop(row, options) });
}

const rotate = (list, by) => list.map((_, i) => list[(i + by) % list.length]);
