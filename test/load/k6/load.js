// What is promised: so many requests a second for ten minutes, and how fast. RATE and DURATION.
import { caller, mix, number, platform, promises, steady } from './platform.js';

const { rate } = platform.objectives;
export const options = {
  discardResponseBodies: true,
  // A tenth more is asked for than is promised, for a rate on a clock is reached from below.
  scenarios: { load: steady('mix', number(__ENV.RATE, Math.ceil(rate * 1.1)), __ENV.DURATION || '10m') },
  thresholds: { ...promises(), 'http_reqs{scenario:load}': [`rate>=${number(__ENV.RATE, rate * 1.1) / 1.1}`], dropped_iterations: ['rate<1'] },
};
export const setup = caller;
export { mix };
