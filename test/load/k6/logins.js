// LOGINS a minute beside requests of who has signed in already: hashing passwords must not slow these down.
import { caller, login, mix, number, platform, promises, steady } from './platform.js';

const duration = __ENV.DURATION || '5m';
const logins = number(__ENV.LOGINS, 500);
export const options = {
  scenarios: {
    logins: { ...steady('login', logins, duration), timeUnit: '1m', preAllocatedVUs: 20, maxVUs: 200 },
    requests: steady('mix', number(__ENV.RATE, platform.objectives.rate / 2), duration),
  },
  thresholds: { ...promises('{scenario:requests}'), 'http_req_failed{scenario:logins}': [`rate<${platform.objectives.errors}`], 'http_req_duration{scenario:logins}': ['p(95)<1000'] },
};
export const setup = caller;
export { login, mix };
