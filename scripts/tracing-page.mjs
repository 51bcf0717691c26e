// Puts the figures of the last measurement of traces into docs/performance/tracing.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { tables } from './load-figures.mjs';

const root = new URL('../', import.meta.url);

/** Where the figures of the last run are. */
export const results = new URL('bench/results/tracing.json', root);
export const page = new URL('docs/performance/tracing.md', root);

/** @param figures by what is set: what was measured, by name. */
export function tracingPage({ date, figures, machine: { cores, cpu, node }, rounds, seconds, starts }) {
  return `# Traces, measured

<!-- Written by scripts/measure-tracing.mjs: run that. -->

What \`tracing\` costs a plain proxied route: off, on with the defaults but for the ratio, and on where nothing can be kept.
${date}, ${cores} cores of ${cpu}, Node ${node}.

${tables(figures)}

## How it was done

One gateway on a core of its own, reloaded with one file after the other; the service, the load (32 connections that ask again as soon
as they are answered) and a collector that takes everything are on the other core. ${starts} starts, each warmed up with every file, then
${rounds} rounds of ${seconds} s with each. What is added is the median over the rounds of the ratio to the mean of the two "off" of the same round:
by what those two differ the other rows may be wrong too. CPU is that of the gateway's process, with all that is done to export. Two
processes that run the very same differ by 5 to 10 %, which is why it is one. With errors kept (the default) the tries of every
exchange are noted, for nobody knows yet how it ends; "none sampled" goes without.
`;
}

/** Writes the page. */
export function writePage() {
  writeFileSync(page, tracingPage(JSON.parse(readFileSync(results, 'utf8'))));
}
