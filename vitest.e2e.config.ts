import { defineConfig } from 'vitest/config'

// somebody else's cluster takes the place of the rig's own: what concerns neither its nodes nor their kubelets is not run
const folders = process.env.FALKIRK_E2E_KUBECONFIG ? ['e2e/hosts'] : ['rig', 'e2e', 'conformance']

/** Tests on real clusters, one file after another: they share the machine's network, cgroups and two cores. */
export default defineConfig({
  test: {
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
    environment: 'node',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
    teardownTimeout: 120_000,
  },
})
