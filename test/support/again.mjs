// In CI the machine is shared, and a test may wait for a real server that stands still: what fails is run once more, with its
// error told, and the last lines name it. On a desk it fails at once.
import { jest } from '@jest/globals';

if (process.env['CI']) jest.retryTimes(1, { logErrorsBeforeRetry: true });
