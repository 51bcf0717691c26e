import { parseArgs } from 'node:util';

const help = (names) => `node bench/load.mjs [options]
  --only a,b     measure only these: ${names.join(', ')}
  --seconds N    length of one measurement, instead of what each of them takes by itself; less is for a look, not to quote
  --out DIR      write load.json and load.md there instead of bench/results and docs/performance`;

/** @param names of what can be measured. */
export function readLoadOptions(args, names) {
  const { values } = parseArgs({ args, options: { only: { type: 'string' }, seconds: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean', default: false } } });
  if (values.help) {
    console.log(help(names));
    process.exit(0);
  }
  const only = values.only?.split(',').map((name) => name.trim()) ?? names;
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`--only: no ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds > 0)) throw new Error(`--seconds: expected a whole number >= 1, got "${values.seconds}"`);
  return { only, seconds, out: values.out };
}
