import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

// somebody else's cluster takes the place of the rig's own: what concerns neither its nodes nor their kubelets is not run
const files = process.env.FALKIRK_E2E_KUBECONFIG
  ? ['e2e/hosts/**/*', 'conformance/conformance']
  : ['rig/**/*', 'e2e/**/*', 'conformance/**/*']

/** Tests on real clusters, one file after another: they share the machine's network, cgroups and two cores. */
export default defineConfig({
  test: {
    include: files.map((file) => `test/${file}.test.ts`),
    environment: 'node',
    fileParallelism: false,
    sequence: { sequencer: LongestFirst },
    // of the cases within a file that say they may run beside each other
    maxConcurrency: 8,
    testTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 1_200_000,
    teardownTimeout: 120_000,
  },
})
