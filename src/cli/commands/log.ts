import { Argument, type Command } from 'commander';
import { callAdmin, type AdminCall } from '../admin-call.js';
import { EXIT, UsageError } from '../failure.js';
import type { Io } from '../io.js';

interface LogOptions {
  readonly admin?: string;
  readonly for?: string;
  readonly token?: string;
  readonly json?: boolean;
}

type Action = 'show' | 'level' | 'reset';

const HELP = `
The gateway is asked over its \`admin\` endpoint, and has to know whoever asks. Without --token, the token is that of the
environment variable PASSERELLE_TOKEN. A level by hand ends by itself; for a gateway of several instances, ask each.

Examples:
  passerelle log --admin https://example.org/admin
  passerelle log level debug --for 10m --admin https://example.org/admin
  passerelle log reset --admin https://example.org/admin`;

export function logCommand(program: Command, io: Io, done: (code: number) => void): void {
  program.command('log').description('how much a gateway that runs logs; another level for a while')
    .addArgument(new Argument('[action]', 'show the level, set another one, or go back to that of the file').choices(['show', 'level', 'reset']).default('show'))
    .argument('[level]', 'fatal, error, warn, info, debug, trace or silent')
    .option('--admin <url>', 'where its admin endpoint is, e.g. https://example.org/admin')
    .option('--for <duration>', 'how long the level holds, a day at most (default: 10m)')
    .option('--token <token>', 'token of a caller who may (default: $PASSERELLE_TOKEN)')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (action: Action, level: string | undefined, options: LogOptions) => {
      const view = await callAdmin(options.admin, { ...orderOf(action, level, options.for), path: 'log', token: options.token ?? io.env['PASSERELLE_TOKEN'] });
      io.out(options.json ? JSON.stringify(view, null, 2) : sentence(view));
      done(EXIT.good);
    });
}

/** @throws UsageError for words that do not go together. */
function orderOf(action: Action, level: string | undefined, duration: string | undefined): Pick<AdminCall, 'method' | 'body'> {
  if (action === 'level' && level === undefined) throw new UsageError('Say which level: passerelle log level debug --for 10m.');
  if (action !== 'level' && (level ?? duration) !== undefined) throw new UsageError(`"${level ?? '--for'}" goes with a level: passerelle log level debug --for 10m.`);
  switch (action) {
    case 'show': return { method: 'GET' };
    case 'level': return { method: 'PUT', body: { level, ...(duration !== undefined && { for: duration }) } };
    case 'reset': return { method: 'DELETE' };
  }
}

function sentence({ configured, level, until }: Readonly<Record<string, unknown>>): string {
  return until === null ? `The level is ${told(level)}, as the file says.` : `The level is ${told(level)} until ${told(until)}; the file says ${told(configured)}.`;
}

/** Workers that do not agree each have their word. */
function told(value: unknown): string {
  return Array.isArray(value) ? value.map((each) => String(each ?? 'that of the file')).join(' or ') : String(value);
}
