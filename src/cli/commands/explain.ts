import { InvalidArgumentError, type Command } from 'commander';
import { explainOutcome } from '../../proxy/explain.js';
import type { Caller } from '../../proxy/dry-request.js';
import { parseCaller } from '../caller.js';
import { arriving, parseHeader, type WrittenRequest } from '../dry-request.js';
import { explanationText } from '../explanation-text.js';
import { EXIT, UsageError } from '../failure.js';
import type { Io } from '../io.js';
import { offline } from '../offline.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';

interface ExplainOptions extends CommonOptions {
  readonly header: WrittenRequest['headers'];
  readonly as?: Caller;
  readonly data?: string;
  readonly all?: boolean;
}

export function explainCommand(program: Command, io: Io, done: (code: number) => void): void {
  withConfig(program.command('explain').description('say what becomes of a request and why, from the file alone'))
    .argument('<method>', 'such as GET')
    .argument('<url>', 'path with query, or a whole address to choose the host')
    .option('-H, --header <header>', 'a request header as "Name: value"; may be repeated; a token in it is verified', collectHeader, [])
    .option('--as <caller>', 'who is calling, e.g. role=admin,id=7,permissions=a|b', (text) => orInvalid(() => parseCaller(text)))
    .option('-d, --data <body>', 'the request body')
    .option('-a, --all', 'show the settings that have their defaults too')
    .action(async (method: string, url: string, options: ExplainOptions) => {
      const request = requestOf(method, url, options);
      const explanation = await offline(loadOptions(options.config, io), async ({ dry, loaded }) => explainOutcome(await dry.run(request), loaded.config));
      io.out(options.json ? JSON.stringify(explanation, null, 2) : explanationText(explanation, { all: options.all === true, paint: io.paint }));
      done(EXIT.good);
    });
}

function requestOf(method: string, url: string, { as, data, header }: ExplainOptions) {
  try {
    return arriving({ method, url, headers: header, body: data, caller: as ?? null });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function collectHeader(text: string, earlier: WrittenRequest['headers']): WrittenRequest['headers'] {
  return [...earlier, orInvalid(() => parseHeader(text))];
}

/** Commander tells which option it was about. */
function orInvalid<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
