import type { TestConfig } from '../config/index.js';
import { shownFields } from '../proxy/shown-fields.js';
import type { Caller } from '../proxy/dry-request.js';
import type { DryRun } from '../proxy/dry-run.js';
import { callerText } from './caller.js';
import { arriving } from './dry-request.js';
import { differences, type Difference } from './expectations.js';
import { quoted } from './text.js';

/** What became of one test of the file. */
export interface TestResult {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  /** The command that tells why. */
  readonly explain: string;
}

/** Name of a test: its own, or its request. */
export function testName({ name, request }: TestConfig): string {
  return name ?? [request.method, request.url, ...(request.as ? ['as', request.as.role ?? request.as.roles[0] ?? request.as.id] : [])].join(' ');
}

/** Runs one test. @param index its place in `tests:` */
export async function runTest(test: TestConfig, index: number, dry: DryRun): Promise<TestResult> {
  const { method, url, headers } = test.request;
  const caller = callerOf(test);
  const { file = '', line = 0 } = dry.config.originOf(['tests', index]) ?? {};
  const result = { name: testName(test), file, line, explain: explainCommand(test, caller) };
  try {
    const outcome = await dry.run(arriving({ method, url, headers: Object.entries(headers), caller }));
    const found = differences(test.expect, outcome);
    return { ...result, passed: found.length === 0, differences: found };
  } catch (error) {
    return { ...result, passed: false, differences: [{ what: 'request', expected: 'a request that can be sent', actual: (error as Error).message }] };
  }
}

function callerOf({ request: { as } }: TestConfig): Caller | null {
  if (!as) return null;
  const { role, roles, ...rest } = as;
  return { ...rest, roles: [...new Set([...(role === undefined ? [] : [role]), ...roles])] };
}

function explainCommand({ request: { headers, method, url } }: TestConfig, caller: Caller | null): string {
  const fields = shownFields(Object.entries(headers).flat());
  return [
    'passerelle explain', quoted(method), quoted(url),
    ...fields.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(caller ? [`--as ${callerText(caller)}`] : []),
  ].join(' ');
}
