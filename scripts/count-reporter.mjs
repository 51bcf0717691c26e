import { writeSync } from 'node:fs';

const STDOUT = 1;

/** Jest reporter: the last line says what passed and failed, in a form any CI reads. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    // Jest's own summary comes after all reporters.
    process.once('exit', () => writeSync(STDOUT, lastLines(results)));
  }
}

/** What passed and failed; before that, by name, what passed only when it was run again. */
export function lastLines({ numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites, testResults }) {
  const again = testResults.flatMap((file) => file.testResults).filter(({ invocations, status }) => invocations > 1 && status === 'passed');
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
  return `${again.map(({ fullName }) => `passed only when it was run again: ${fullName}\n`).join('')}${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped}\n`;
}
