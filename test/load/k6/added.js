// What the gateway adds: the same request through it and directly to the service at DIRECT_URL, in turns.
import { as, base, caller, needs, number, platform, steady } from './platform.js';
import http from 'k6/http';
import { check } from 'k6';
import { Trend } from 'k6/metrics';

const path = __ENV.ADDED_PATH || platform.reads[0];
const direct = needs('DIRECT_URL', __ENV.DIRECT_URL);
const added = new Trend('added_ms', true);
export const options = {
  discardResponseBodies: true,
  scenarios: { added: steady('both', number(__ENV.RATE, 50), __ENV.DURATION || '1m') },
  thresholds: { http_req_failed: [`rate<${platform.objectives.errors}`], added_ms: [`p(95)<${platform.objectives.added || 50}`] },
};
export const setup = caller;

export function both(who) {
  const through = http.get(base + path, as(who, path));
  const without = http.get(direct, as(who, 'direct'));
  check(through, { 'through: 200': ({ status }) => status === 200 });
  check(without, { 'direct: 200': ({ status }) => status === 200 });
  added.add(through.timings.duration - without.timings.duration);
}
