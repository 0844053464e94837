import { defineConfig } from 'vitest/config'

/** Tests on real clusters, one file after another: they share the machine's network, cgroups and two cores. */
export default defineConfig({
  test: {
    include: ['test/rig/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/conformance/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
    teardownTimeout: 120_000,
  },
})
