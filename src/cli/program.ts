import { Command } from 'commander';
import type { Io } from './io.js';
import { packageVersion } from './package-root.js';
/** Adds one command to the program. */
type AddCommand = (program: Command, io: Io, done: (code: number) => void) => void;

const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  start: async () => (await import('./commands/start.js')).startCommand,
  check: async () => (await import('./commands/check.js')).checkCommand,
  print: async () => (await import('./commands/print.js')).printCommand,
  routes: async () => (await import('./commands/routes.js')).routesCommand,
  explain: async () => (await import('./commands/explain.js')).explainCommand,
  test: async () => (await import('./commands/test.js')).testCommand,
  diff: async () => (await import('./commands/diff.js')).diffCommand,
  token: async () => (await import('./commands/token.js')).tokenCommand,
  migrate: async () => (await import('./commands/migrate.js')).migrateCommand,
  accounts: async () => (await import('./commands/accounts.js')).accountsCommand,
  keys: async () => (await import('./commands/keys.js')).keysCommand,
  audit: async () => (await import('./commands/audit.js')).auditCommand,
  log: async () => (await import('./commands/log.js')).logCommand,
  'debug-header': async () => (await import('./commands/debug-header.js')).debugHeaderCommand,
  cache: async () => (await import('./commands/cache.js')).cacheCommand,
  demo: async () => (await import('./commands/demo.js')).demoCommand,
  completion: async () => (await import('./commands/completion.js')).completionCommand,
};

/**
 * The command line: the command that `argv` begins with, and all of them where it begins with none, or one that tells of
 * the others. The rest is not loaded: a gateway that runs would keep it.
 * @param done gets the exit code of the command that ran
 */
export async function buildProgram([first = '']: readonly string[], io: Io, done: (code: number) => void): Promise<Command> {
  const program = new Command('passerelle')
    .description('An API gateway for Node: one declarative gateway.yaml.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('Add --help to see what there is.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });
  const alone = Object.hasOwn(commands, first) && first !== 'completion' ? commands[first] : undefined;
  const loaded = await Promise.all((alone ? [alone] : Object.values(commands)).map((load) => load()));
  for (const add of loaded) add(program, io, done);
  return program;
}
