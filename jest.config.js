import { availableParallelism } from 'node:os';

// Three rings: `pure` runs anywhere in seconds, `kernel` loads rules into network namespaces of its own and needs root,
// `guest` does so on a kernel with IPVS that it boots under QEMU, only when there are tests of it to run.
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

export default {
  // All processors: the tests of the kernel rings wait for tools and for time as much as they compute.
  maxWorkers: availableParallelism(),
  reporters: ['default', '<rootDir>/scripts/summary-reporter.js'],
  projects: [
    {
      ...common,
      displayName: 'pure',
      testMatch: ['<rootDir>/src/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.(kernel|guest)\\.test\\.ts$'],
    },
    { ...common, displayName: 'kernel', testMatch: ['<rootDir>/src/**/*.kernel.test.ts'] },
    {
      ...common,
      displayName: 'guest',
      testMatch: ['<rootDir>/src/**/*.guest.test.ts'],
      globalSetup: '<rootDir>/scripts/guest-setup.js',
    },
  ],
};
