import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion-script.js';
import { EXIT } from '../failure.js';
import type { Io } from '../io.js';

export function completionCommand(program: Command, io: Io, done: (code: number) => void): void {
  program.command('completion').description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', '\nTry it: source <(passerelle completion bash)')
    .action((shell: Shell) => {
      io.out(completionScript(program, shell));
      done(EXIT.good);
    });
}
