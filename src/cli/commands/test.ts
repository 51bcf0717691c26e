import type { Command } from 'commander';
import { EXIT, UsageError } from '../failure.js';
import type { Io } from '../io.js';
import { offline, type Offline } from '../offline.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';
import { runTest, testName, type TestResult } from '../test-run.js';
import { alignedLines, counted, placed } from '../text.js';

interface TestOptions extends CommonOptions {
  readonly filter?: string;
}

export function testCommand(program: Command, io: Io, done: (code: number) => void): void {
  withConfig(program.command('test').description('run the tests of the configuration, without a network'))
    .option('-f, --filter <text>', 'only tests with this text in their name or request')
    .action(async (options: TestOptions) => {
      const load = loadOptions(options.config, io);
      const results = await offline(load, (opened) => runTests(opened, options.filter));
      const failed = results.filter(({ passed }) => !passed).length;
      if (options.json) io.out(JSON.stringify({ ok: failed === 0, passed: results.length - failed, failed, tests: results }, null, 2));
      else io.out([...results.map((result) => resultText(result, options.config, io)), summary(results.length, failed, load.file, io)].join('\n'));
      done(failed === 0 ? EXIT.good : EXIT.findings);
    });
}

async function runTests({ dry, loaded }: Offline, filter: string | undefined): Promise<TestResult[]> {
  const chosen = [...loaded.config.tests.entries()].filter(([, test]) => fits(filter, `${testName(test)} ${test.request.method} ${test.request.url}`));
  if (filter !== undefined && chosen.length === 0) throw new UsageError(`No test has "${filter}" in its name or request.`);
  const results: TestResult[] = [];
  for (const [index, test] of chosen) results.push(await runTest(test, index, dry));
  return results;
}

function fits(filter: string | undefined, text: string): boolean {
  return filter === undefined || text.toLowerCase().includes(filter.toLowerCase());
}

function resultText({ differences, explain, file, line, name, passed }: TestResult, config: string | undefined, io: Io): string {
  if (passed) return `${io.paint('green', '✓')} ${name}`;
  const rows = alignedLines(differences.flatMap(({ actual, expected, what }) => [[what, `expected ${expected}`], ['', `but ${actual}`]]));
  return [
    `${io.paint('red', '✗')} ${name} ${io.paint('dim', `(${placed({ file, line })})`)}`,
    ...rows.map((row) => `    ${row}`),
    `    ${io.paint('dim', `why: ${explain}${config === undefined ? '' : ` --config ${config}`}`)}`,
  ].join('\n');
}

function summary(total: number, failed: number, file: string, io: Io): string {
  if (total === 0) return `${file} has no tests. Add some under tests:, such as { request: { url: /api/users }, expect: { status: 401 } }.`;
  const passed = `${total - failed} passed`;
  return failed === 0 ? `\n${io.paint('green', passed)}` : `\n${passed}, ${io.paint('red', `${failed} failed`)} (${counted(total, 'test')})`;
}
