// Puts the figures of the last measurements under load into docs/performance/load.md. Runs on older Nodes too, as bench does.
const SECTIONS = {
  latency: ['What it adds', 'At constant rates, through the gateway and directly to the service, one after the other; timed from the moment a request was due. The gateway has been busy for eight seconds before: in its first ones a request may wait some 60 ms for the compiler.'],
  capacity: ['How much one core can do', 'Sixty-four connections, each asking again once it is answered.'],
  overload: ['Twice as much as that', `Twice the capacity on a clock that waits for nobody, half of it before and after; of ten requests two are \`critical\`, three \`normal\`, five \`low\`,
and clients give up after two seconds, or after half a second without one of 1,024 connections. Either the gateway's own core is what there is too little of (its service answers at once), or the
service, which does 20 requests at once in 20 ms each and lets all others wait in line. Latency is that of good answers. Well again is
when for half a second 99 of 100 answers were good and took less than 100 ms.`],
  idle: ['Connections that do nothing', 'Each asks once and stays; later, each asks again.'],
  large: ['Large bodies', 'Uploads and downloads at the same time, as fast as they go.'],
  soak: ['A long time', `Plain requests, requests with policies and requests from the cache, four to four to two, with an access line for each; all the while the
file is written anew every ten seconds, and one of the two targets is killed every twenty and is back three seconds later. An hour at
500/s has 1.8 million requests. Memory is resident memory, looked at every five seconds; its growth is the slope of a line by
least squares.`],
};
const number = (value, limit) => (Number.isFinite(value) ? value.toFixed(limit < 10 ? 2 : 0) : '-');

/** @param results by section, as bench/load.mjs keeps them. */
export function loadPage(results) {
  return `# Under load

<!-- Written by bench/load.mjs: run that. -->

What is promised under load, and what was measured: on one machine, the gateway as one worker on a core of its own, services and
clients on the others. Figures are reported and never fail a build; compare those of one run, not of two. To put load on a platform of
your own there are k6 and Locust: [load tests](../../test/load/README.md).

${Object.entries(SECTIONS).filter(([name]) => name in results).map(([name, [title, text]]) => section(title, text, results[name])).join('\n')}
Again: \`node bench/load.mjs\`, nine minutes; \`--only soak --seconds 360\` for the whole hour.
`;
}

function section(title, text, { date, machine, objectives, rows, seconds, short }) {
  const line = ({ atLeast, limit, met, unit = '', value, what }) => `| ${what} | ${`${atLeast ? '>=' : '<='} ${limit} ${unit}`.trimEnd()} | ${`${number(value, limit)} ${unit}`.trimEnd()} | ${met === undefined ? 'not measured' : met ? 'met' : '**not met**'} |`;
  return `## ${title}

${text}
${short ? '\n> A short run: it shows that everything works, and is no figure to quote.\n' : ''}
${tables(rows)}

| objective | must be | figure | |
|---|---:|---:|---:|
${objectives.map(line).join('\n')}

${date}, ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, load average ${machine.loadAtStart.toFixed(2)} at the start; ${seconds} s a measurement.
`;
}

/** What was measured in the same way stands in one table; where that is more figures than rows, each figure has a line. */
function tables(rows) {
  const groups = {};
  for (const [name, figures] of Object.entries(rows)) (groups[Object.keys(figures)] ??= []).push([name, figures]);
  return Object.values(groups).map((group) => {
    const columns = Object.keys(group[0][1]);
    const lines = columns.length > group.length ? turned(group, columns) : straight(group, columns);
    return [lines[0], ['---', ...lines[0].slice(1).map(() => '---:')], ...lines.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }).join('\n\n');
}

const straight = (group, columns) => [['', ...columns], ...group.map(([name, figures]) => [name, ...columns.map((column) => figures[column] ?? '-')])];
const turned = (group, columns) => [['', ...group.map(([name]) => name)], ...columns.map((column) => [column, ...group.map(([, figures]) => figures[column] ?? '-')])];
