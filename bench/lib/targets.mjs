/** The figures Passerelle holds itself to. They are reported, never enforced: a timed test that gates is a flaky test. */
const PLAIN = 'passerelle-plain';
const POLICIES = 'passerelle-policies';
const IDENTITY = 'passerelle-identity';
const CACHED = 'passerelle-cached';

const cpu = (one, other) => (row) => row(one).cpuMicros / row(other).cpuMicros;
const worst = (pick) => (row) => Math.max(pick(row(PLAIN)), pick(row(POLICIES)));

export const targets = [
  { what: 'CPU per request, plain route, relative to Caddy', limit: 0.6, figure: cpu(PLAIN, 'caddy') },
  { what: 'CPU per request, plain route, relative to fast-gateway', limit: 0.5, figure: cpu(PLAIN, 'fast-gateway') },
  { what: 'CPU per request, plain route, relative to an axios proxy', limit: 0.25, figure: cpu(PLAIN, 'axios') },
  { what: 'CPU per request, policies, relative to our plain route', limit: 1.35, figure: cpu(POLICIES, PLAIN) },
  { what: 'CPU per request, policies and a token of our own, relative to our plain route', limit: 1.35, figure: cpu(IDENTITY, PLAIN) },
  { what: "CPU per request, policies, relative to Caddy's plain route", limit: 1, figure: cpu(POLICIES, 'caddy') },
  { what: 'CPU per cache hit, relative to a bare Fastify hello', limit: 1.5, figure: cpu(CACHED, 'fastify-hello') },
  { what: 'added latency with policies, p50', unit: 'ms', limit: 1, figure: (row) => row(POLICIES).addedLatencyMs?.p50 },
  { what: 'added latency with policies, p99', unit: 'ms', limit: 5, figure: (row) => row(POLICIES).addedLatencyMs?.p99 },
  { what: 'requests/s on one core, plain route', limit: 8000, atLeast: true, figure: (row) => row(PLAIN).requestsPerSecond },
  { what: 'memory, idle', unit: 'MB', limit: 130, figure: worst(({ idleMB }) => idleMB) },
  { what: 'memory, after load', unit: 'MB', limit: 512, figure: worst(({ loadedMB }) => loadedMB) },
  { what: 'start to first answer', unit: 'ms', limit: 1500, figure: worst(({ startMs }) => startMs) },
];
