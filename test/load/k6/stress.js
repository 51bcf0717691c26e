// Up to twice what is promised and back: what is too much may be refused (429, 503), but quickly, and nothing else may go wrong.
import { caller, mix, number, platform } from './platform.js';
import http from 'k6/http';

const rate = number(__ENV.RATE, platform.objectives.rate);
const step = __ENV.STEP || '1m';
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 429, 503));

export const options = {
  discardResponseBodies: true,
  scenarios: {
    stress: {
      executor: 'ramping-arrival-rate', exec: 'mix', startRate: Math.ceil(rate / 2), timeUnit: '1s', preAllocatedVUs: rate, maxVUs: rate * 4,
      stages: [{ target: rate, duration: step }, { target: rate * 2, duration: step }, { target: rate * 2, duration: step }, { target: Math.ceil(rate / 2), duration: step }],
    },
  },
  thresholds: { http_req_failed: ['rate<0.001'], http_req_duration: ['p(99)<2000'] },
};
export const setup = caller;
export { mix };
