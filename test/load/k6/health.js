// Four hundred at once who ask whether it is well, as `wrk -t12 -c400 -d30s` does.
import { base, number, platform } from './platform.js';
import http from 'k6/http';
import { check } from 'k6';

const { errors, health, p95 } = platform.objectives;
export const options = {
  discardResponseBodies: true,
  scenarios: { health: { executor: 'constant-vus', exec: 'ask', vus: number(__ENV.VUS, 400), duration: __ENV.DURATION || '30s' } },
  thresholds: { http_req_failed: [`rate<${errors}`], http_req_duration: [`p(95)<${health || p95}`] },
};

export function ask() {
  check(http.get(base + platform.health), { 'health: 200': ({ status }) => status === 200 });
}
