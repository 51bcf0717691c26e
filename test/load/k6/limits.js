// One caller who asks too often is told so, at once and with when to come back; the answers before that are good ones.
import { as, base, caller, number, platform } from './platform.js';
import http from 'k6/http';
import { check } from 'k6';
import { Counter } from 'k6/metrics';

const { path } = platform.limited;
const requests = number(__ENV.REQUESTS, platform.limited.requests);
const refused = new Counter('refused');
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 429));

export const options = {
  scenarios: { limits: { executor: 'per-vu-iterations', exec: 'tooOften', vus: 1, iterations: 1 } },
  thresholds: { http_req_failed: ['rate==0'], http_req_duration: [`p(95)<${platform.objectives.p95}`], refused: ['count>0'], checks: ['rate==1'] },
};
export const setup = caller;

export function tooOften(who) {
  for (let i = 0; i < requests; i++) {
    const answer = http.get(base + path, as(who, path));
    check(answer, { 'a good answer or 429': ({ status }) => status === 200 || status === 429 });
    if (answer.status !== 429) continue;
    refused.add(1);
    check(answer, { '429 says when to come back': ({ headers }) => Number(headers['Retry-After']) > 0 });
  }
}
