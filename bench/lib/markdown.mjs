const number = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '-');

const columns = [
  ['', ({ name, kind }) => (kind === 'reference' ? `_${name}_` : kind === 'ours' ? `**${name}**` : name)],
  ['version', ({ version }) => version ?? '-'],
  ['requests/s', ({ requestsPerSecond }) => number(requestsPerSecond)],
  ['CPU us/request', ({ cpuMicros }) => number(cpuMicros, 1)],
  ['instructions/request', ({ instructions }) => number(instructions)],
  ['CPU of Caddy', ({ relativeTo }) => number(relativeTo.caddy, 2)],
  ['CPU of plain', ({ relativeTo }) => number(relativeTo.plain, 2)],
  ['added p50 ms', ({ addedLatencyMs }) => number(addedLatencyMs.p50, 2)],
  ['added p99 ms', ({ addedLatencyMs }) => number(addedLatencyMs.p99, 2)],
  ['MB idle', ({ idleMB }) => number(idleMB)],
  ['MB loaded', ({ loadedMB }) => number(loadedMB)],
  ['start ms', ({ startMs }) => number(startMs)],
];

/** @param load what bench/load.mjs has kept, by section. */
export function markdown({ date, machine, options, peers, targets }, load = {}) {
  const objectives = Object.values(load).flatMap((section) => section.objectives);
  const measured = peers.filter(({ error }) => !error);
  const failed = peers.filter(({ error }) => error);
  return `# Benchmarks

<!-- Written by bench/run.mjs. -->

Every peer proxies the same 1 kB JSON answer from the same upstream, in one run, with one worker and keep-alive on both
sides. Compare rows, not runs: absolute figures belong to the machine.
${options.quick ? '\n> A quick run: it shows that everything works and is too short to quote.\n' : ''}
${table(machine.instructionCounter ? columns : columns.filter(([title]) => !title.startsWith('instructions')), measured)}

${failed.map(({ name, error }) => `- **${name} was not measured**: ${error}`).join('\n')}

## Targets

${table(judged('target', '>'), targets)}
${objectives.length === 0 ? '' : `
## Under load

At constant rates, at twice what it can do, with thousands of connections, with large bodies, and for a long time: what it was like
is in [under load](load.md).

${table(judged('objective', '>='), objectives)}
`}
## How it was measured

- ${date.slice(0, 10)}, ${machine.system}, kernel ${machine.kernel}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGB} GB, Node ${machine.node}, load average ${machine.loadAtStart.toFixed(2)} at the start.
- ${machine.gatewayOnItsOwnCore ? 'The gateway has one core for itself; upstream and load generators share the others.' : 'Processes were not pinned to cores.'}
- Requests/s and CPU: wrk, ${options.connections} connections, each asking again once answered; ${options.rounds} rounds of ${options.seconds} s after a
  warm-up, interleaved across the peers; medians. CPU is user plus system time of the gateway's whole process tree,
  divided by the requests answered.
- A gateway so fast that the generator's core fills first is never fully busy; its requests/s are then a lower bound.
- Latency: ${options.rate} requests/s at a constant rate, measured from the moment each request was due. "Added" is the difference
  to asking the upstream directly in the same round.
- passerelle-policies verifies 64 callers' tokens, checks a role, takes from a token bucket of each caller, asks a circuit
  breaker and writes a JSON access line per request; the run fails for it if a line is missing. passerelle-identity does
  the same for tokens that the gateway signs itself, which can be revoked. passerelle-cached answers
  from its memory: the upstream is asked once. The upstream, node-undici (node:http and undici with nothing in between)
  and fastify-hello (no upstream, an answer of the same size) are references.
- What limits and cache do under load, and without Redis: [limits and cache](limits-and-cache.md).
- Memory is resident memory of the process tree, start the time from spawn to the first 200 on the route.

Again: \`node bench/run.mjs\`, and \`node bench/load.mjs\` for what is under load.
`.replaceAll(/\n{3,}/g, '\n\n');
}

/** @param enough how "or more" is meant: a target has to be passed, an objective to be reached. */
const judged = (title, enough) => [
  [title, ({ what }) => what],
  ['must be', ({ limit, atLeast, unit = '' }) => `${atLeast ? enough : '<='} ${limit} ${unit}`.trimEnd()],
  ['figure', ({ value, limit, unit = '' }) => `${number(value, limit < 10 ? 2 : 0)} ${unit}`.trimEnd()],
  ['', ({ met }) => (met === undefined ? 'not measured' : met ? 'met' : '**not met**')],
];

function table(shape, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const align = shape.map((_, i) => (i === 0 ? '---' : '---:'));
  return [line(shape.map(([title]) => title)), line(align), ...rows.map((row) => line(shape.map(([, cell]) => cell(row))))].join('\n');
}
