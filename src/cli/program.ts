import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Io } from './io.js';
import { startCommand } from './commands/start.js';

/** Adds one command to the program. */
export type AddCommand = (program: Command, io: Io, done: (code: number) => void) => void;

const commands: readonly AddCommand[] = [startCommand];

/** The whole command line. `done` gets the exit code of the command that ran. */
export function buildProgram(io: Io, done: (code: number) => void): Command {
  const program = new Command('passerelle')
    .description('An API gateway for Node: one declarative gateway.yaml.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });
  for (const add of commands) add(program, io, done);
  return program;
}

function version(): string {
  // The same depth from src and from dist/src.
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { name?: string; version?: string };
      if (name === 'passerelle' && found) return found;
    } catch {
      // Not there: the other one is.
    }
  }
  return '0.0.0';
}
