// Sends at a constant rate whatever the answers do, and measures from the moment a request was due, not from when it
// left: a stalled gateway is charged for every request it kept waiting (no coordinated omission).
import http from 'node:http';
import { Worker } from 'node:worker_threads';
import { percentile } from './statistics.mjs';
import { body } from './upstream.mjs';

const { url, headers, rate, seconds } = JSON.parse(process.argv[2]);
const WARM_UP_SECONDS = 1;
const ANSWER_LIMIT_MS = 10_000;
const intervalMs = 1000 / rate;
const warmUp = rate * WARM_UP_SECONDS;
const total = warmUp + rate * seconds;
// Bounded: after a stall, hundreds of new connections at once would overflow the listen queue and measure TCP's patience.
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const now = () => Number(process.hrtime.bigint()) / 1e6;

const latencies = [];
const lags = [];
let answered = 0;
let failed = 0;
let reason;

const beginMs = now() + 100;
const ticker = new Worker(new URL('ticker.mjs', import.meta.url), { workerData: { beginMs, intervalMs, total } });
ticker.on('message', send);

function send(index) {
  const due = beginMs + index * intervalMs;
  if (index >= warmUp) lags.push(now() - due);
  const request = http.get(url, { agent, headers: headers[index % headers.length], timeout: ANSWER_LIMIT_MS }, (response) => {
    let size = 0;
    response.on('data', (chunk) => { size += chunk.length; });
    response.on('error', (error) => done(index, due, error.message));
    response.on('end', () => done(index, due, response.statusCode === 200 && size === body.length ? undefined : `status ${response.statusCode}, ${size} bytes`));
  });
  request.on('timeout', () => request.destroy(new Error('no answer')));
  request.on('error', (error) => done(index, due, error.message));
}

function done(index, due, problem) {
  if (problem) {
    failed++;
    reason ??= problem;
  } else if (index >= warmUp) latencies.push(now() - due);
  if (++answered < total) return;
  for (const list of [latencies, lags]) list.sort((a, b) => a - b);
  console.log(JSON.stringify({
    sent: total, failed, reason,
    p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), p99: percentile(latencies, 0.99), lagP99: percentile(lags, 0.99),
  }));
  process.exit(0);
}
