import { CommanderError } from 'commander';
import { EXIT } from './failure.js';
import { report } from './report.js';
import { processIo, type Io } from './io.js';
import { buildProgram } from './program.js';

/**
 * Runs one command line.
 * @param argv without the program's own name
 * @returns the exit code: 0 good, 1 findings, 2 wrong usage
 */
export async function run(argv: readonly string[], io: Io = processIo()): Promise<number> {
  let code: number = EXIT.good;
  const program = await buildProgram(argv, io, (result) => { code = result; });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has told its own already: help and version are good, all else is usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
    return report(error, io, argv.includes('--json'));
  }
}
