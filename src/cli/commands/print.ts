import { Option, type Command } from 'commander';
import { parse } from 'yaml';
import { loadConfig, renderEffective, type GatewayConfig } from '../../config/index.js';
import { EXIT } from '../failure.js';
import type { Io } from '../io.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';

interface PrintOptions extends CommonOptions {
  readonly format: 'yaml' | 'json';
  readonly origins?: boolean;
}

export function printCommand(program: Command, io: Io, done: (code: number) => void): void {
  withConfig(program.command('print').description('print the configuration as it takes effect, secrets redacted'))
    .option('-e, --effective', 'inheritance resolved and defaults filled in (always so)')
    .option('-o, --origins', 'say of every value where it was written')
    .addOption(new Option('-f, --format <format>', 'yaml or json').choices(['yaml', 'json']).default('yaml'))
    .action(async (options: PrintOptions) => {
      const { config } = await loadConfig(loadOptions(options.config, io));
      const json = options.json === true || options.format === 'json';
      io.out(json ? JSON.stringify(asData(config, options.origins === true), null, 2) : renderEffective(config, { origins: options.origins === true }).trimEnd());
      done(EXIT.good);
    });
}

/** With origins, every value that is not a map becomes `{ value, layer, file, line }`. */
function asData(config: GatewayConfig, origins: boolean): unknown {
  const printed: unknown = parse(renderEffective(config, { origins: false }));
  return origins ? withOrigins(printed, [], config) : printed;
}

function withOrigins(value: unknown, at: readonly string[], config: GatewayConfig): unknown {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isMap) return { value, ...(config.originOf(at) ?? { file: '', line: 0, layer: 'default' }) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withOrigins(inner, [...at, key], config)]));
}
