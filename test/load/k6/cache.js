// The same answer for all who ask, which the gateway keeps: nine of ten come from there.
import { as, base, caller, needs, number, platform, promises, steady } from './platform.js';
import http from 'k6/http';
import { check } from 'k6';
import { Rate } from 'k6/metrics';

const path = needs('kept answers', platform.cached);
const hits = new Rate('cache_hits');
export const options = {
  discardResponseBodies: true,
  scenarios: { cache: steady('kept', number(__ENV.RATE, platform.objectives.rate), __ENV.DURATION || '2m') },
  thresholds: { ...promises(), cache_hits: ['rate>0.9'] },
};
export const setup = caller;

export function kept(who) {
  const answer = http.get(base + path, as(who, path));
  check(answer, { 'kept: 200': ({ status }) => status === 200, 'kept: it says where it comes from': ({ headers }) => 'Cache-Status' in headers });
  hits.add(/;\s*hit\b/.test(answer.headers['Cache-Status'] || ''));
}
