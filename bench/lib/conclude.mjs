import { median } from './statistics.mjs';
import { machine } from './machine.mjs';
import { targets } from './targets.mjs';

/** From rounds to the figures that are quoted: medians, ratios, and what the targets say. */
export function conclude(rows, options) {
  const upstream = rows.find(({ name }) => name === 'upstream');
  const peers = rows.map((row) => summarise(row, upstream));
  const cpuOf = (name) => peers.find((peer) => peer.name === name)?.cpuMicros;
  for (const peer of peers) {
    peer.relativeTo = { caddy: ratio(peer.cpuMicros, cpuOf('caddy')), plain: ratio(peer.cpuMicros, cpuOf('passerelle-plain')) };
  }
  const { quick, rounds, seconds, connections, rate } = options;
  return {
    date: new Date().toISOString(),
    machine: machine(),
    options: { quick, rounds, seconds, connections, rate },
    peers,
    targets: targets.map((target) => judge(target, (name) => peers.find((peer) => peer.name === name) ?? {})),
  };
}

function summarise({ name, kind, version, error, startMs, idleMB, loadedMB, rounds }, upstream) {
  const over = (pick) => (error ? undefined : median(rounds.map(pick)));
  // Direct and through the gateway are compared within a round, where the machine was in the same mood.
  const added = (which) => over(({ latency }, i) => latency[which] - upstream.rounds[i]?.latency[which]);
  return {
    name, kind, version, error, startMs, idleMB, loadedMB,
    requestsPerSecond: over((round) => round.requestsPerSecond),
    cpuMicros: over((round) => round.cpuMicros),
    instructions: over((round) => round.instructions?.total),
    latencyMs: { p50: over(({ latency }) => latency.p50), p99: over(({ latency }) => latency.p99) },
    addedLatencyMs: { p50: added('p50'), p99: added('p99') },
    rounds,
  };
}

const ratio = (a, b) => (a === undefined || b === undefined ? undefined : a / b);

function judge({ what, unit, limit, atLeast = false, figure }, row) {
  const value = figure(row);
  const known = Number.isFinite(value);
  return { what, unit, limit, atLeast, value: known ? value : undefined, met: known ? (atLeast ? value > limit : value <= limit) : undefined };
}
