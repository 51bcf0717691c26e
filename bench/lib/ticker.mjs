// Node's timers are whole milliseconds, half of the interval at 500/s. A thread asleep in Atomics.wait wakes within
// microseconds, and unlike a busy loop leaves the core to the upstream.
import { parentPort, workerData } from 'node:worker_threads';

const { beginMs, intervalMs, total } = workerData;
const never = new Int32Array(new SharedArrayBuffer(4));
const now = () => Number(process.hrtime.bigint()) / 1e6;

for (let index = 0; index < total; index++) {
  const wait = beginMs + index * intervalMs - now();
  if (wait > 0) Atomics.wait(never, 0, 0, wait);
  parentPort.postMessage(index);
}
