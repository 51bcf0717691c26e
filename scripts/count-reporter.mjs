import { writeSync } from 'node:fs';

const STDOUT = 1;

/** Jest reporter: the last line says what passed and failed, in a form any CI reads. */
export default class CountReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    const line = `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped}\n`;
    // Jest's own summary comes after all reporters.
    process.once('exit', () => writeSync(STDOUT, line));
  }
}
