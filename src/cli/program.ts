import { Command } from 'commander';
import type { Io } from './io.js';
import { packageVersion } from './package-root.js';
import { accountsCommand } from './commands/accounts.js';
import { auditCommand } from './commands/audit.js';
import { cacheCommand } from './commands/cache.js';
import { checkCommand } from './commands/check.js';
import { completionCommand } from './commands/completion.js';
import { demoCommand } from './commands/demo.js';
import { diffCommand } from './commands/diff.js';
import { explainCommand } from './commands/explain.js';
import { keysCommand } from './commands/keys.js';
import { migrateCommand } from './commands/migrate.js';
import { printCommand } from './commands/print.js';
import { routesCommand } from './commands/routes.js';
import { startCommand } from './commands/start.js';
import { testCommand } from './commands/test.js';
import { tokenCommand } from './commands/token.js';

/** Adds one command to the program. */
type AddCommand = (program: Command, io: Io, done: (code: number) => void) => void;

const commands: readonly AddCommand[] = [
  startCommand, checkCommand, printCommand, routesCommand, explainCommand, testCommand, diffCommand, tokenCommand, migrateCommand, accountsCommand, keysCommand, auditCommand, cacheCommand, demoCommand, completionCommand,
];

/** The whole command line. `done` gets the exit code of the command that ran. */
export function buildProgram(io: Io, done: (code: number) => void): Command {
  const program = new Command('passerelle')
    .description('An API gateway for Node: one declarative gateway.yaml.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('Add --help to see what there is.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });
  for (const add of commands) add(program, io, done);
  return program;
}
