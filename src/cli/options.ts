import { InvalidArgumentError, type Command } from 'commander';
import { builtIns } from '../extensions.js';
import type { LoadOptions } from '../config/index.js';
import type { Io } from './io.js';

export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** `--config` and `--json`, which every command that reads the file has. */
export function withConfig(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration (default: $PASSERELLE_CONFIG, or gateway.yaml)')
    .option('--json', 'print JSON');
}

/** What `loadConfig` needs: the file that was named, else the one of the environment, else `gateway.yaml` here. */
export function loadOptions(file: string | undefined, io: Io): LoadOptions {
  return { file: file ?? io.env['PASSERELLE_CONFIG'] ?? 'gateway.yaml', env: io.env, builtIns };
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Expected a port from 0 (any free one) to 65535.');
  return port;
}
