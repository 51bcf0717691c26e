// Runs one script of k6 without k6: each scenario a few iterations, one after the other, with its requests really sent. What k6 would
// refuse when it reads a script (a scenario without its function, a threshold on a metric that there is not) is refused here too.
import { registerHooks } from 'node:module';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { state } from './state.mjs';

const { positionals: [script], values } = parseArgs({ allowPositionals: true, options: { iterations: { type: 'string', default: '10' } } });
const here = import.meta.url;
registerHooks({
  resolve(name, context, next) {
    if (name === 'k6') return { url: new URL('k6.mjs', here).href, shortCircuit: true };
    if (name.startsWith('k6/')) return { url: new URL(`${name.slice(3)}.mjs`, here).href, shortCircuit: true };
    // k6 knows files by their relative names, and nothing of Node.
    if (context.parentURL?.includes('/test/load/k6/') && !name.startsWith('./')) throw new Error(`k6 has no ${name}`);
    return next(name, context);
  },
});
globalThis.__ENV = { ...process.env };
const main = pathToFileURL(script);
globalThis.open = (file) => {
  if (state.phase !== 'init') throw new Error('open() is for the init context');
  return readFileSync(new URL(file, main), 'utf8');
};

const EXECUTORS = {
  'shared-iterations': ['vus', 'iterations'], 'per-vu-iterations': ['vus', 'iterations'], 'constant-vus': ['vus', 'duration'],
  'constant-arrival-rate': ['rate', 'duration', 'preAllocatedVUs'], 'ramping-arrival-rate': ['stages', 'preAllocatedVUs'],
};
const OPTIONAL = new Set(['executor', 'exec', 'vus', 'iterations', 'duration', 'rate', 'timeUnit', 'preAllocatedVUs', 'maxVUs', 'startRate', 'stages']);
const AGGREGATES = { counter: /^(?:count|rate)$/, gauge: /^value$/, rate: /^rate$/, trend: /^(?:avg|min|max|med|p\(\d+(?:\.\d+)?\))$/ };

const module = await import(main.href);
const { discardResponseBodies = false, scenarios, thresholds } = module.options;
for (const [name, scenario] of Object.entries(scenarios)) {
  const wanted = EXECUTORS[scenario.executor];
  if (!wanted) throw new Error(`scenario ${name}: there is no executor ${scenario.executor}`);
  const lacks = wanted.filter((key) => scenario[key] === undefined);
  const unknown = Object.keys(scenario).filter((key) => !OPTIONAL.has(key));
  if (lacks.length + unknown.length > 0) throw new Error(`scenario ${name}: lacks ${lacks.join() || 'nothing'}, has ${unknown.join() || 'nothing'} too much`);
  if (typeof module[scenario.exec] !== 'function') throw new Error(`scenario ${name}: nothing exported is called ${scenario.exec}`);
}
for (const [name, expressions] of Object.entries(thresholds)) {
  const [, metric, scenario] = /^(\w+)(?:\{scenario:(\w+)\})?$/.exec(name) ?? [];
  const kind = state.metrics[metric]?.kind;
  if (kind === undefined) throw new Error(`threshold ${name}: there is no metric ${metric}`);
  if (scenario !== undefined && !(scenario in scenarios)) throw new Error(`threshold ${name}: there is no such scenario`);
  for (const expression of expressions) {
    const [, aggregate, limit] = /^(\S+?)(?:<=|>=|==|<|>)(\S+)$/.exec(expression) ?? [];
    if (!AGGREGATES[kind].test(aggregate) || !Number.isFinite(Number(limit))) throw new Error(`threshold ${name}: ${expression} is none for a ${kind}`);
  }
}

state.phase = 'setup';
// As k6 hands it on: through JSON.
const data = JSON.parse(JSON.stringify((await module.setup?.()) ?? null));
state.discard = discardResponseBodies;
state.phase = 'run';
for (const [name, { exec, iterations }] of Object.entries(scenarios)) {
  for (let i = 0; i < Math.min(iterations ?? Infinity, Number(values.iterations)); i++) {
    state.iteration = i;
    state.scenario = name;
    module[exec](data);
  }
}
process.stdout.write(JSON.stringify({ checks: state.checks, requests: state.requests, metrics: Object.fromEntries(Object.entries(state.metrics).map(([name, { values: seen }]) => [name, seen])), thresholds: Object.keys(thresholds) }));
process.exit(0);
