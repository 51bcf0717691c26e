import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { systemClock } from '#libs/kernel';
import { loadConfig } from '../../config/index.js';
import { engineOf, migrate, placeOf, stateOf, Unmigrated, type DatabaseFile, type DatabasePlace, type MigrationState } from '../../database/index.js';
import { EXIT, Failure } from '../failure.js';
import type { Io } from '../io.js';
import { loadOptions, type CommonOptions } from '../options.js';
import { alignedLines, counted } from '../text.js';

interface MigrateOptions extends CommonOptions {
  readonly status?: boolean;
}

export function migrateCommand(program: Command, io: Io, done: (code: number) => void): void {
  program.command('migrate').description('make the tables of the database what this version needs')
    .argument('[file]', 'the configuration (default: $PASSERELLE_CONFIG, or gateway.yaml)')
    .option('-c, --config <file>', 'the same as the argument')
    .option('--status', 'change nothing, and say what is applied and what is not; exit with 1 where that is not all')
    .option('--json', 'print JSON')
    .action(async (file: string | undefined, options: MigrateOptions) => {
      const { config } = await loadConfig(loadOptions(file ?? options.config, io));
      const place = placeOf(config);
      const tell = options.json ? json : words;
      if (options.status) {
        const state = await statusOf(config, place);
        io.out(tell.status(place, state, io));
        done(state.pending.length + state.unknown.length === 0 ? EXIT.good : EXIT.findings);
        return;
      }
      io.out(tell.migrated(place, await migrated(config, place), io));
      done(EXIT.good);
    });
}

interface Teller {
  status(place: DatabasePlace, state: MigrationState, io: Io): string;
  migrated(place: DatabasePlace, applied: readonly string[], io: Io): string;
}

const json: Teller = {
  status: ({ text }, state) => JSON.stringify({ ok: state.pending.length + state.unknown.length === 0, database: text, ...state }, null, 2),
  migrated: ({ text }, applied) => JSON.stringify({ ok: true, database: text, applied }, null, 2),
};

const words: Teller = {
  status: ({ text }, { applied, pending, unknown }, io) => {
    const rows = [
      ...applied.filter((name) => !unknown.includes(name)).map((name) => [name, io.paint('green', 'applied')]),
      ...unknown.map((name) => [name, io.paint('red', 'applied by a newer build, which this one does not know')]),
      ...pending.map((name) => [name, io.paint('yellow', 'not applied yet')]),
    ];
    return [text, ...alignedLines(rows).map((line) => `  ${line}`)].join('\n');
  },
  migrated: ({ text }, applied, io) => {
    const what = applied.length === 0 ? 'nothing to do, its tables are what they must be' : `${counted(applied.length, 'migration')} applied (${applied.join(', ')})`;
    return `${io.paint('green', '✓')} ${text}: ${what}`;
  },
};

function migrated(config: DatabaseFile, place: DatabasePlace): Promise<readonly string[]> {
  return opened(config, place, (engine) => migrate(engine, systemClock));
}

/** To look at a file that is not there would make it. */
async function statusOf(config: DatabaseFile, place: DatabasePlace): Promise<MigrationState> {
  if (place.file !== null && !existsSync(place.file)) return stateOf(null);
  return opened(config, place, stateOf);
}

type Engine = ReturnType<typeof engineOf>;

/** @throws Failure in words when the database cannot be asked, or is newer than this build. */
async function opened<T>(config: DatabaseFile, { text }: DatabasePlace, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = engineOf(config);
  try {
    await engine.open();
    return await work(engine);
  } catch (error) {
    const { message } = error as Error;
    throw new Failure(error instanceof Unmigrated ? `${text}: ${message}` : `${text} cannot be migrated: ${message}`, { cause: error });
  } finally {
    await engine.close();
  }
}
