// Four rings: `pure` runs anywhere in seconds, `kernel` loads rules into network namespaces of its own and needs root,
// `guest` does so on a kernel with IPVS that it boots under QEMU, only when there are tests of it to run, `browser` opens
// pages in Chromium.
// docs/testing.md says what is run when, and what a test may rely on.

/** Tests that take minutes: files named .long, and more of what src/testing/run/extent.ts samples. */
const all = process.env.VIPC_TESTS === 'all';

const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: '<rootDir>/scripts/environment.js',
  // Jest 30 replaces the properties of what a test file left on the global object by accessors whose setter calls itself: a
  // callback of the file that comes later than its end, and sets one, would end the worker.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  globalSetup: '<rootDir>/scripts/run-setup.js',
};

const long = all ? [] : ['\\.long\\.'];

export default {
  // The kernel rings are as slow as the kernel; more workers than processors only make each test slower.
  maxWorkers: 2,
  // To start a program costs the more the more memory the starting process has; a worker grows with every file.
  workerIdleMemoryLimit: '300MB',
  reporters: ['default', '<rootDir>/scripts/summary-reporter.js'],
  projects: [
    {
      ...common,
      displayName: 'pure',
      testMatch: ['<rootDir>/src/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.(kernel|guest|browser)\\.test\\.ts$', ...long],
    },
    {
      ...common,
      displayName: 'kernel',
      testMatch: ['<rootDir>/src/**/*.kernel.test.ts'],
      testPathIgnorePatterns: long,
    },
    {
      ...common,
      displayName: 'guest',
      testMatch: ['<rootDir>/src/**/*.guest.test.ts'],
      testPathIgnorePatterns: long,
      globalSetup: '<rootDir>/scripts/guest-setup.js',
    },
    {
      ...common,
      displayName: 'browser',
      testMatch: ['<rootDir>/src/**/*.browser.test.ts'],
      testPathIgnorePatterns: long,
    },
  ],
};
