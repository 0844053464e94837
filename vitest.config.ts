import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Unit tests, beside the code and in `test/unit`: no root, no network, seconds. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
    // a limit for what hangs, not a measure: machines are shared
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    environment: 'node',
    // no module keeps state, so files can share one: a third of the time
    pool: 'threads',
    isolate: false,
    // vitest leaves a core to itself, which is half of a machine with two
    maxWorkers: Math.max(2, availableParallelism() - 1),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testdata/**'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
    },
  },
})
