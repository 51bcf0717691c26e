// Half of what is promised, for an hour or DURATION, with an eye on the memory of the gateway.
import { base, caller, mix, number, platform, promises, steady } from './platform.js';
import http from 'k6/http';
import { Gauge } from 'k6/metrics';

const megabytes = new Gauge('resident_megabytes');
const duration = __ENV.DURATION || '1h';
export const options = {
  discardResponseBodies: true,
  scenarios: {
    soak: steady('mix', number(__ENV.RATE, platform.objectives.rate / 2), duration),
    memory: { executor: 'constant-arrival-rate', exec: 'memory', rate: 2, timeUnit: '1m', duration, preAllocatedVUs: 1 },
  },
  thresholds: { ...promises('{scenario:soak}'), resident_megabytes: [`value<${platform.objectives.megabytes}`] },
};
export const setup = caller;
export { mix };

export function memory() {
  const { body } = http.get(__ENV.METRICS_URL || base + platform.metrics, { responseType: 'text' });
  const [, bytes] = /^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m.exec(body) || [];
  if (bytes === undefined) throw new Error('the metrics do not tell the memory: set METRICS_URL');
  megabytes.add(Number(bytes) / 1e6);
}
