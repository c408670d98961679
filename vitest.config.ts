import { defineConfig } from 'vitest/config';

const suite = (name: string, include: string[], testTimeout: number, isolate = true) => ({
  extends: true as const,
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: testTimeout,
    isolate,
    // What is waited for comes late on a machine that does other things, and a poll ends as soon as it is there.
    expect: { poll: { timeout: Math.min(60_000, testTimeout / 2) } },
  },
});

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['test/support/property-seed.ts'],
    globalSetup: ['test/support/temp-folder.ts'],
    projects: [
      suite(
        'unit',
        ['src/**/*.test.ts', 'test/*.test.ts', 'test/conformance/**/*.test.ts', 'scripts/**/*.test.ts'],
        60_000,
        // The files of a worker share the modules that they import: reading them anew for each file takes as long as the tests.
        false,
      ),
      suite('peers', ['test/peers/**/*.test.ts'], 120_000),
      suite('cluster', ['test/cluster/**/*.test.ts'], 180_000),
      suite('browser', ['test/browser/**/*.test.ts'], 120_000),
    ],
  },
});
