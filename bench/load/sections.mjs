import { addedLatency } from './added-latency.mjs';
import { capacity } from './capacity.mjs';
import { idleConnections } from './idle-connections.mjs';
import { largeBodies } from './large-bodies.mjs';
import { overload } from './overload.mjs';
import { soak } from './soak.mjs';

/** Everything there is to measure, and how many seconds one measurement of it takes: nine minutes for all of them. */
export const sections = {
  latency: { run: addedLatency, seconds: 3 },
  capacity: { run: capacity, seconds: 4 },
  overload: { run: overload, seconds: 20 },
  idle: { run: idleConnections, seconds: 10 },
  large: { run: largeBodies, seconds: 10 },
  soak: { run: soak, seconds: 150 },
};
