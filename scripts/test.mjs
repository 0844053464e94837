import { performance } from 'node:perf_hooks'
import { bootstrap } from './bootstrap.mjs'
import { check } from './check.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { elapsed } from './progress.mjs'
import { program } from './run.mjs'
import { runVitest, sumCounts } from './vitest.mjs'

/** All set-up and all tests; where a machine cannot run the real cluster, the rest, and a last line that says what is missing. */
await program(async () => {
  const begin = performance.now()
  await bootstrap()
  const gate = await check({ coverage: true })
  const missing = await missingForCluster()
  const endToEnd = missing.length === 0 ? await runVitest({ args: ['--config=vitest.e2e.config.ts'], live: true }) : undefined
  const { passed, failed, skipped } = sumCounts([gate.counts, ...(endToEnd ? [endToEnd.counts] : [])])
  process.stdout.write(`all tests took ${elapsed(begin)}\n`)
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  if (missing.length > 0)
    process.stdout.write(`left out: the tests on real clusters (test/e2e, test/rig); missing here: ${missing.join('; ')}\n`)
  return gate.ok && (endToEnd === undefined || endToEnd.code === 0) ? 0 : 1
})

/**
 * What this machine lacks for the tests on real clusters. A cluster that somebody else started needs nothing.
 * @returns {Promise<string[]>}
 */
async function missingForCluster() {
  if (process.env.FALKIRK_E2E_KUBECONFIG) return []
  const { missingRequirements } = await loadTypeScript('test/rig/requirements.ts')
  return /** @type {() => string[]} */ (missingRequirements)()
}
