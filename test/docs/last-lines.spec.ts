interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly { readonly testResults: readonly { readonly fullName: string; readonly status: string; readonly invocations: number }[] }[];
}
const { lastLines } = (await import(new URL('../../scripts/count-reporter.mjs', import.meta.url).href)) as { lastLines: (results: Results) => string };

const results = (more: Partial<Results>): Results => ({ numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0, testResults: [], ...more });

describe('the last lines of a run', () => {
  it.each<[string, Partial<Results>]>([
    ['3 passed, 0 failed\n', { numPassedTests: 3 }],
    ['3 passed, 2 failed\n', { numPassedTests: 3, numFailedTests: 1, numRuntimeErrorTestSuites: 1 }],
    ['0 passed, 0 failed, 4 skipped\n', { numPendingTests: 4 }],
  ])('%j', (text, more) => expect(lastLines(results(more))).toBe(text));

  it('name what passed only when it was run again', () => {
    const testResults = [{ testResults: [{ fullName: 'a', status: 'passed', invocations: 1 }, { fullName: 'b', status: 'passed', invocations: 2 }, { fullName: 'c', status: 'failed', invocations: 2 }] }];
    expect(lastLines(results({ numPassedTests: 2, numFailedTests: 1, testResults }))).toBe('passed only when it was run again: b\n2 passed, 1 failed\n');
  });
});
