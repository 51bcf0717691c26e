import fs from 'node:fs';

const swc = JSON.parse(fs.readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Much of the time is spent waiting: one worker fewer than there are cores, Jest's own choice, would leave them idle.
  maxWorkers: '100%',
  // A worker keeps something of every file it ran; from some gigabytes on it is busier collecting garbage than testing.
  workerIdleMemoryLimit: '1GB',
  // Milliseconds. What hangs is found all the same; what a busy machine delays does not fail.
  testTimeout: 20_000,
  reporters: ['default', '<rootDir>/scripts/count-reporter.mjs'],
  roots: ['<rootDir>/src', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  setupFiles: ['<rootDir>/test/support/preload.mjs'],
  setupFilesAfterEnv: ['<rootDir>/test/support/again.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#libs/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
};
