import { existsSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { Problem, systemClock } from '#libs/kernel';
import { exported, momentOf, type AuditQuery } from '../../audit/query.js';
import { parseHead, verify, type NotedHead, type Verdict } from '../../audit/verify.js';
import { loadConfig } from '../../config/index.js';
import { connect, placeOf, type Database, type DatabaseFile } from '../../database/index.js';
import { EXIT, Failure, UsageError } from '../failure.js';
import type { Io } from '../io.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';
import { counted } from '../text.js';

interface AuditOptions extends CommonOptions {
  readonly head?: string;
  readonly since?: string;
  readonly until?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly outcome?: string;
  readonly client?: string;
}

const HELP = `
It reads the database that the file names, whether a gateway runs or not, and changes nothing. What a gateway recorded
within the last moments may not be there yet.

verify exits with 1 when the chain is broken. Whoever may write the database can make a new chain; note the head
elsewhere, such as in the log of the gateway, and give it here later: it has to be part of the chain still.

Examples:
  passerelle audit verify --head 1042:9f2c...
  passerelle audit export --since 24h --action 'login*' > logins.jsonl`;

export function auditCommand(program: Command, io: Io, done: (code: number) => void): void {
  const command = program.command('audit').description('verify or export the audit trail')
    .addArgument(new Argument('<action>', 'what to do').choices(['verify', 'export']))
    .argument('[file]', 'the configuration (default: $PASSERELLE_CONFIG, or gateway.yaml)');
  withConfig(command)
    .option('--head <head>', 'verify: a head that was noted, as seq:hash or the hash alone')
    .option('--since <moment>', 'export: not before then, such as 2030-01-31 or 24h ago as 24h')
    .option('--until <moment>', 'export: before then')
    .option('--action <action>', 'export: only this action; with * at its end, those that begin so')
    .option('--actor <actor>', 'export: only what they did, such as account:42')
    .option('--subject <subject>', 'export: only what was done to it')
    .option('--outcome <outcome>', 'export: done, refused or failed')
    .option('--client <address>', 'export: only from this address')
    .addHelpText('after', HELP)
    .action(async (action: 'verify' | 'export', file: string | undefined, options: AuditOptions) => {
      const { config } = await loadConfig(loadOptions(file ?? options.config, io));
      const work = action === 'verify' ? verifying(options, io) : exporting(options, io);
      done(await opened(config, work));
    });
}

type Work = (database: Database, place: string) => Promise<number>;

function verifying({ head, json }: AuditOptions, io: Io): Work {
  const noted = headOf(head);
  return async (database, place) => {
    const verdict = await verify(database, noted);
    io.out(json ? JSON.stringify(verdict, null, 2) : words(verdict, place, io));
    return verdict.ok ? EXIT.good : EXIT.findings;
  };
}

function words({ breaks, deletedUntil, entries, head, noted, ok }: Verdict, place: string, io: Io): string {
  const mark = ok ? io.paint('green', '✓') : io.paint('red', '✗');
  const from = deletedUntil === 0 ? '' : `, after ${deletedUntil} that were deleted for their age`;
  return [
    `${mark} ${place}: ${counted(entries, 'audit entry').replace(/entrys$/, 'entries')}${from}`,
    ...breaks.map(({ seq, what }) => `  ${io.paint('red', String(seq))}: ${what}`),
    ...(noted === null ? [] : [`  ${NOTED[noted]}`]),
    `  head ${head}`,
  ].join('\n');
}

const NOTED = {
  found: 'the noted head is part of the chain',
  missing: 'the noted head is not part of the chain: what led to it was changed, or cut off',
  deleted: 'the noted head was deleted for its age; nothing can be said of it',
} as const;

function exporting(options: AuditOptions, io: Io): Work {
  const { action, actor, client, outcome, subject } = options;
  const query: AuditQuery = { action, actor, client, outcome, subject, since: moment(options, 'since'), until: moment(options, 'until') };
  return async (database) => {
    for await (const page of exported(database, query)) io.out(page.map((entry) => JSON.stringify(entry)).join('\n'));
    return EXIT.good;
  };
}

function moment(options: AuditOptions, name: 'since' | 'until'): number | undefined {
  const text = options[name];
  const time = text === undefined ? undefined : momentOf(text, systemClock.now());
  if (time === null) throw new UsageError(`--${name} takes a moment such as 2030-01-31T12:00:00Z, or how long ago, such as 24h.`);
  return time;
}

function headOf(text: string | undefined): NotedHead | null {
  const head = text === undefined ? null : parseHead(text);
  if (text !== undefined && head === null) throw new UsageError('--head takes a head as `audit verify` or the log tells it: seq:hash, or the hash alone.');
  return head;
}

/** @throws Failure in words when the database cannot be asked. It is never made, nor are its tables. */
async function opened(config: DatabaseFile, work: Work): Promise<number> {
  const { file, text } = placeOf(config);
  if (file !== null && !existsSync(file)) throw new Failure(`${text} is not there: nothing was recorded yet.`);
  const database = connect({ ...config, database: { ...config.database, migrate: 'manual' } }, systemClock, () => undefined);
  try {
    await database.settled;
    if (database.away !== null) throw new Failure(`${text} cannot be asked: ${database.away}`);
    return await work(database, text);
  } catch (error) {
    throw error instanceof Problem ? new Failure(`${text}: ${error.detail}`, { cause: error }) : error;
  } finally {
    await database.close();
  }
}
