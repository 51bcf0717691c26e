import { InvalidArgumentError, type Command } from 'commander';
import { parseDuration, systemClock } from '#libs/kernel';
import { nearestName } from '../../config/nearest-name.js';
import { loadConfig } from '../../config/index.js';
import { debugHeader, LONGEST_DEBUG } from '../../telemetry/debug-header.js';
import { EXIT, Failure, UsageError } from '../failure.js';
import type { Io } from '../io.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';

interface HeaderOptions extends CommonOptions {
  /** Milliseconds. */
  readonly for: number;
  readonly route?: string;
  readonly path?: string;
}

const USUAL = 600_000;

const HELP = `
The file has to have a secret for it (\`log.debug.secret\`). A request with this header tells in the log of the gateway what
was decided on it, whatever the level is, and is answered like any other.

Examples:
  curl -H "$(passerelle debug-header --for 10m)" https://example.org/api/users
  passerelle debug-header --path '/api/**'`;

export function debugHeaderCommand(program: Command, io: Io, done: (code: number) => void): void {
  withConfig(program.command('debug-header').description('sign a header for requests that are to tell in the log what was decided'))
    .option('--for <duration>', 'how long it is good, a day at most (default: 10m)', parseTime, USUAL)
    .option('--route <name>', 'only for requests of this route')
    .option('--path <path>', 'only for this path, or with /** at its end for all below it')
    .addHelpText('after', HELP)
    .action(async ({ for: time, json, path, route, config: file }: HeaderOptions) => {
      if (route !== undefined && path !== undefined) throw new UsageError('Say either --route or --path.');
      if (path !== undefined && !path.startsWith('/')) throw new UsageError('A path begins with "/": --path "/api/**".');
      const { config } = await loadConfig(loadOptions(file, io));
      const { debug } = config.log;
      if (debug === undefined) throw new Failure('The file has no secret for debug headers (log: { debug: { secret: "${DEBUG_SECRET}" } }).');
      if (route !== undefined) checkRoute(route, [...Object.keys(config.routes), ...Object.keys(config.endpoints).map((name) => `endpoint:${name}`)]);
      const expiresAt = systemClock.now() + time;
      const value = debugHeader(debug.secret, expiresAt, { route, path });
      io.out(json ? JSON.stringify({ header: debug.header, value, expiresAt: new Date(expiresAt).toISOString() }, null, 2) : `${debug.header}: ${value}`);
      done(EXIT.good);
    });
}

function checkRoute(route: string, known: readonly string[]): void {
  if (known.includes(route)) return;
  const near = nearestName(route, known);
  throw new UsageError(`There is no route "${route}".${near === undefined ? '' : ` Did you mean "${near}"?`}`);
}

function parseTime(text: string): number {
  const time = parseDuration(text);
  if (time === undefined || time < 1_000 || time > LONGEST_DEBUG) throw new InvalidArgumentError('Expected a duration between 1s and 24h, such as 10m.');
  return time;
}
