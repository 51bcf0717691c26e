// Everything once, by one user: does the platform stand, and are these scripts right about it?
import { base, caller, login, platform, promises, read, write } from './platform.js';
import http from 'k6/http';
import { check } from 'k6';

export const options = {
  scenarios: { smoke: { executor: 'shared-iterations', exec: 'everything', vus: 1, iterations: 3 } },
  thresholds: { ...promises(), checks: ['rate==1'] },
};
export const setup = caller;

export function everything(who) {
  check(http.get(base + platform.health), { 'health: 200': ({ status }) => status === 200 });
  login();
  for (const path of platform.reads) read(who, path);
  for (const request of platform.writes) write(who, request);
}
