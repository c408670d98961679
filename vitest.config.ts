import { defineConfig } from 'vitest/config';

const suite = (name: string, include: string[], testTimeout: number) => ({
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: testTimeout,
    setupFiles: ['test/support/property-seed.ts'],
    // What is waited for comes late on a machine that does other things, and a poll ends as soon as it is there.
    expect: { poll: { timeout: Math.min(60_000, testTimeout / 2) } },
  },
});

export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: 2,
    projects: [
      suite(
        'unit',
        ['src/**/*.test.ts', 'test/*.test.ts', 'test/conformance/**/*.test.ts', 'scripts/**/*.test.ts'],
        20_000,
      ),
      suite('peers', ['test/peers/**/*.test.ts'], 120_000),
      suite('cluster', ['test/cluster/**/*.test.ts'], 180_000),
      suite('browser', ['test/browser/**/*.test.ts'], 120_000),
    ],
  },
});
