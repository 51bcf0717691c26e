import type { Command } from 'commander';
import { ConfigurationError, formatIssues, type Issue } from '../../config/index.js';
import { EXIT, Failure } from '../failure.js';
import type { Io } from '../io.js';
import { offline } from '../offline.js';
import { loadOptions, type CommonOptions } from '../options.js';
import { counted } from '../text.js';

interface CheckOptions extends CommonOptions {
  readonly strict?: boolean;
}

/** What is known about a file once it was checked. */
interface Findings {
  readonly file: string;
  readonly errors: readonly (Issue | { readonly message: string })[];
  readonly warnings: readonly Issue[];
  readonly hash: string;
  readonly counts: Readonly<Record<'route' | 'service' | 'endpoint' | 'test', number>> | null;
}

export function checkCommand(program: Command, io: Io, done: (code: number) => void): void {
  program.command('check').description('find everything that is wrong with the configuration')
    .argument('[file]', 'the configuration (default: $PASSERELLE_CONFIG, or gateway.yaml)')
    .option('-c, --config <file>', 'the same as the argument')
    .option('--strict', 'warnings count as mistakes')
    .option('--json', 'print JSON')
    .action(async (file: string | undefined, options: CheckOptions) => {
      const findings = await examine(file ?? options.config, io);
      const ok = findings.errors.length === 0 && (!options.strict || findings.warnings.length === 0);
      if (options.json) io.out(JSON.stringify({ ok, ...findings }, null, 2));
      else print(findings, ok, io);
      done(ok ? EXIT.good : EXIT.findings);
    });
}

async function examine(named: string | undefined, io: Io): Promise<Findings> {
  const options = loadOptions(named, io);
  const { file } = options;
  try {
    const size = (map: object): number => Object.keys(map).length;
    const { config: { endpoints, hash, routes, services, tests }, warnings } = await offline(options, ({ loaded }) => loaded);
    return { file, errors: [], warnings, hash, counts: { route: size(routes), service: size(services), endpoint: size(endpoints), test: tests.length } };
  } catch (error) {
    if (error instanceof ConfigurationError) return { file, errors: error.issues, warnings: [], hash: '', counts: null };
    if (error instanceof Failure) return { file, errors: [{ message: error.message }], warnings: [], hash: '', counts: null };
    throw error;
  }
}

function print({ counts, errors, file, warnings }: Findings, ok: boolean, io: Io): void {
  for (const error of errors) io.err(`${io.paint('red', 'error')}    ${'file' in error ? formatIssues([error]) : error.message}`);
  for (const warning of warnings) io.err(`${io.paint('yellow', 'warning')}  ${formatIssues([warning])}`);
  if (counts) io.out(`${io.paint(ok ? 'green' : 'yellow', ok ? '✓' : '!')} ${file}: ${Object.entries(counts).map(([what, count]) => counted(count, what)).join(', ')}${tail(warnings)}`);
  else io.err(`${io.paint('red', '✗')} ${file}: ${counted(errors.length, 'mistake')}`);
}

function tail(warnings: readonly Issue[]): string {
  return warnings.length === 0 ? '' : `; ${counted(warnings.length, 'warning')}`;
}
