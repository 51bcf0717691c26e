import { parseArgs } from 'node:util';

const HELP = `node bench/run.mjs [options]
  --peers a,b    measure only these (the upstream itself is always measured)
  --rounds N     interleaved rounds, medians are reported (default 5)
  --seconds N    length of one closed-loop and one open-loop measurement (default 5)
  --quick        2 rounds of 1 second: shows that everything works, not figures to quote
  --out DIR      write benchmarks.md and latest.json there instead of docs/performance and bench/results`;

/** The figures of requirements section 6 are stated at this rate. */
const OPEN_LOOP_RATE = 500;

export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      peers: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const { quick } = values;
  return {
    quick,
    only: values.peers?.split(',').map((name) => name.trim()),
    rounds: positive('--rounds', values.rounds ?? (quick ? 2 : 5)),
    seconds: positive('--seconds', values.seconds ?? (quick ? 1 : 5)),
    starts: quick ? 1 : 5,
    settleMs: quick ? 500 : 2000,
    connections: 32,
    rate: OPEN_LOOP_RATE,
    out: values.out,
  };
}

function positive(flag, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${flag}: expected a whole number >= 1, got "${text}"`);
}
