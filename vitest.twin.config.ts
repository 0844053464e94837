import { defineConfig } from 'vitest/config'

/** The controller against a cluster in the same process, in virtual time: no root, no network, nothing of a machine. */
export default defineConfig({
  test: {
    include: ['test/twin/**/*.test.ts'],
    environment: 'node',
    pool: 'threads',
    testTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
