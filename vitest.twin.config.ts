import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** The controller against a cluster in the same process, in virtual time: no root, no network, nothing of a machine. */
export default defineConfig({
  test: {
    include: ['test/twin/**/*.test.ts'],
    environment: 'node',
    // no module keeps state, so files can share one: what they import is read once
    pool: 'threads',
    isolate: false,
    // as many as the machine has cores: those that start programs wait most of the time
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
