// Puts the figures of the last measurement of traces into docs/performance/tracing.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { tables } from './load-figures.mjs';

const root = new URL('../', import.meta.url);

/** Where the figures of the last run are. */
export const results = new URL('bench/results/tracing.json', root);
export const page = new URL('docs/performance/tracing.md', root);

/** @param figures by what is set: what was measured, by name. */
export function tracingPage({ date, figures, machine: { cores, cpu, node }, rounds, seconds }) {
  return `# Traces, measured

<!-- Written by scripts/measure-tracing.mjs: run that. -->

What \`tracing\` costs a plain proxied route: off, on with the defaults but for the ratio, and on where nothing can be kept.
${date}, ${cores} cores of ${cpu}, Node ${node}.

${tables(figures)}

## How it was done

The same gateway four times, each with its own file, on one core; the service, the load (32 connections that ask again as soon as
they are answered) and a collector that takes everything are on the others. ${rounds} rounds of ${seconds} s, the four in turn, each round beginning
with another one; what is told is the median, and what is added is the median over the rounds of the ratio to "off" in the same
round. CPU is that of the gateway's process, with all that is done to export. With errors kept (the default) the tries of every
exchange are noted, for nobody knows yet how it ends; "none sampled" goes without.
`;
}

/** Writes the page. */
export function writePage() {
  writeFileSync(page, tracingPage(JSON.parse(readFileSync(results, 'utf8'))));
}
