import type { Command } from 'commander';
import { withBoth } from '../diff/both.js';
import { compare } from '../diff/compare.js';
import { openLog } from '../diff/log-lines.js';
import { differs, reportData, reportText } from '../diff/report.js';
import { EXIT, Failure } from '../failure.js';
import { report } from '../report.js';
import type { Io } from '../io.js';

interface DiffOptions {
  readonly replay?: string;
  readonly host: string;
  readonly json?: boolean;
}

const HELP = `
Compared is what takes effect: a policy that only has another name changes nothing. tests: are left out.
A log is ours, or in the Common or Combined Log Format of nginx and Apache; one that ends in .gz is unpacked.

Exit codes: 0 nothing changes, 1 something changes, 2 wrong usage, or a file that is wrong.`;

export function diffCommand(program: Command, io: Io, done: (code: number) => void): void {
  program.command('diff').description('tell what a change of the configuration would change, for a log of real requests too')
    .argument('<old>', 'the configuration in force')
    .argument('<new>', 'the one that would replace it')
    .option('-r, --replay <log>', 'an access log to judge by both; - for the standard input')
    .option('--host <name>', 'host of the requests whose log line names none', '')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (before: string, after: string, options: DiffOptions) => {
      const files = { old: before, new: after };
      try {
        done(await withBoth(files, io, (both) => tell({ old: both.old.loaded.config, new: both.new.loaded.config }, { files, options, io })));
      } catch (error) {
        // As with diff(1), 1 says that something changes: trouble of any kind has to be told from it.
        report(error, io, options.json === true);
        done(EXIT.usage);
      }
    });
}

interface Telling {
  readonly files: { readonly old: string; readonly new: string };
  readonly options: DiffOptions;
  readonly io: Io;
}

async function tell(configs: Parameters<typeof compare>[0], { files, io, options }: Telling): Promise<number> {
  const { host, replay = null } = options;
  const comparison = await unpacked(replay, compare(configs, { host, log: replay === null ? null : openLog(replay) }));
  const compared = { files, log: replay };
  io.out(options.json ? JSON.stringify(reportData(comparison, compared), null, 2) : reportText(comparison, compared, io));
  return differs(comparison) ? EXIT.findings : EXIT.good;
}

/** Tells which file it was that could not be read. */
async function unpacked<T>(log: string | null, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new Failure(`${log} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
