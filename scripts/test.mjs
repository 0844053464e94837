import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { bootstrap } from './bootstrap.mjs'
import { build } from './build.mjs'
import { check } from './check.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { imageNodeVersion, nodeBinary } from './node-binary.mjs'
import { cacheFolder } from './paths.mjs'
import { elapsed, step } from './progress.mjs'
import { program } from './run.mjs'
import { runVitest, sumCounts } from './vitest.mjs'

/**
 * @typedef {import('./vitest.mjs').Counts} Counts
 * @typedef {{ ok: boolean, counts: Counts, leftOut?: string }} Part One part of the tests; `leftOut` says what did not run, and why.
 */

/** @type {Counts} */
const none = { passed: 0, failed: 0, skipped: 0, names: [] }

/** What is made of Node itself: files, processes, sockets, TLS. All else is plain computing, and was tested by the gate. */
const madeOfNode = ['src/cluster', 'src/controller', 'src/node', 'src/cli', 'src/twin/api/serve']

// both measure a controller by what happens within seconds, which is not the same where others are at work (test/e2e/plan/README.md)
const measured = ['load', 'missing-rights']

/**
 * The other tests of Plans wait most of the time, each file for a control plane of its own.
 * @param {number} atATime
 */
const plansBeside = (atATime) => [
  ...['--config=vitest.e2e.config.ts', '--fileParallelism', `--maxWorkers=${atATime}`, 'test/e2e/plan'],
  ...measured.map((file) => `--exclude=**/${file}.test.ts`),
]

/** Each file has a control plane of its own, or none, and needs no host: beside the Plans. */
const planes = [
  ...['test/conformance', 'test/rig'],
  ...['kubectl', 'upgrade', 'cluster-requests', 'rig-api', 'joined-kubelets', 'deploy', 'image'].map((name) => `test/e2e/${name}`),
]

/** Whole hosts, each test with its own in a network of its own; they wait for services, packages and drains most of the time: three files at a time. */
const hosts = ['hosts', 'ssh', 'etcd', 'os', 'runtime', 'kubeadm', 'rig-hosts'].map((name) => `test/e2e/${name}`)
const hostsBeside = ['--config=vitest.e2e.config.ts', '--fileParallelism', '--maxWorkers=3', ...hosts]

/** All others have the machine to themselves. */
const oneByOne = [
  '--config=vitest.e2e.config.ts',
  `--exclude=test/e2e/plan/!(${measured.join('|')}).test.ts`,
  ...[...planes, ...hosts].flatMap((path) => [`--exclude=${path}/**`, `--exclude=${path}.test.ts`]),
]

/** On a cluster that somebody else started: what the configuration has for that. */
const onOtherCluster = ['--config=vitest.e2e.config.ts']

/** All set-up and all tests; where a machine cannot run the real cluster, the rest, and a last line that says what is missing. */
await program(async () => {
  const begin = performance.now()
  await bootstrap()
  const gate = await check({ coverage: true })
  await build()
  // the tests use it as it is; each would build the same again
  process.env.FALKIRK_BUILT = '1'
  /** @type {Part[]} */
  const parts = [gate, await unitTestsOnImageNode(), ...(await testsOnTwins()), await endToEndTests()]
  const { passed, failed, skipped, names } = sumCounts(parts.map((part) => part.counts))
  process.stdout.write(`all tests took ${elapsed(begin)}\n`)
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  // each part has told its failures when it ended, which may be far above
  for (const name of names) process.stdout.write(`failed: ${name}\n`)
  const leftOut = parts.map((part) => part.leftOut).filter((text) => text !== undefined)
  if (leftOut.length > 0) process.stdout.write(`left out: ${leftOut.join('; ')}\n`)
  return parts.every((part) => part.ok) ? 0 : 1
})

/**
 * The gate runs on whatever Node is here; the image ships another.
 * @returns {Promise<Part>}
 */
async function unitTestsOnImageNode() {
  if (process.versions.node === imageNodeVersion) return { ok: true, counts: none }
  const title = `unit tests of what is made of Node on ${imageNodeVersion}, which the image ships`
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const found = await nodeBinary(architecture).catch((/** @type {Error} */ error) => error)
  if (found instanceof Error) return { ok: true, counts: none, leftOut: `${title} (${found.message})` }
  const { code, counts, output } = await step(
    title,
    () => runVitest({ args: madeOfNode, node: found.node }),
    (run) => run.code === 0,
  )
  if (code !== 0) process.stderr.write(output)
  return { ok: code === 0, counts }
}

/**
 * In virtual time and in real time beside each other: one computes while the other waits. What the second says comes when it has ended.
 * @returns {Promise<Part[]>}
 */
async function testsOnTwins() {
  const [virtual, { output, ...plans }] = await Promise.all([twinTests(), planTestsOnTwin()])
  process.stdout.write(output)
  return [virtual, plans]
}

/**
 * The controller on a twin, in virtual time: needs nothing of the machine.
 * @returns {Promise<Part>}
 */
async function twinTests() {
  const { code, counts } = await runVitest({ args: ['--config=vitest.twin.config.ts'], live: true })
  return { ok: code === 0, counts }
}

/**
 * The tests of Plans on a twin, by HTTPS and from outside, as on the rig. They need nothing of the machine but an unmodified kubectl.
 * @returns {Promise<Part & { output: string }>}
 */
async function planTestsOnTwin() {
  const { kubectlRelease } = await loadTypeScript('test/rig/kubectl-releases.ts')
  const fetched = /** @type {(minor: string) => Promise<string>} */ (kubectlRelease)('1.20')
  const missing = await fetched.then(() => undefined).catch((/** @type {Error} */ error) => error.message)
  if (missing !== undefined)
    return { ok: true, counts: none, leftOut: `the tests of Plans on a twin; missing here: kubectl 1.20 (${missing})`, output: '' }
  const { code, counts, output } = await runVitest({ args: plansBeside(2), env: { FALKIRK_E2E_ON: 'twin' } })
  return { ok: code === 0, counts, output }
}

/** @returns {Promise<Part>} */
async function endToEndTests() {
  const missing = await missingForCluster()
  if (missing.length > 0)
    return { ok: true, counts: none, leftOut: `the tests on real clusters (test/rig, test/e2e); missing here: ${missing.join(', ')}` }
  mkdirSync(join(cacheFolder, 'logs'), { recursive: true })
  const logs = mkdtempSync(join(cacheFolder, 'logs/e2e-'))
  const runs = []
  for (const args of process.env.FALKIRK_E2E_KUBECONFIG ? [onOtherCluster] : [[...plansBeside(2), ...planes], hostsBeside, oneByOne])
    runs.push(await runVitest({ args, env: { FALKIRK_LOGS: logs }, live: true }))
  const ok = runs.every(({ code }) => code === 0)
  const counts = sumCounts(runs.map((run) => run.counts))
  if (ok || readdirSync(logs).length === 0) rmSync(logs, { recursive: true, force: true })
  else process.stdout.write(`logs of what failed: ${logs}\n`)
  if (!process.env.FALKIRK_E2E_KUBECONFIG) return { ok, counts }
  const leftOut = 'the tests with API servers and hosts of their own; FALKIRK_E2E_KUBECONFIG names a cluster that somebody else started'
  return { ok, counts, leftOut }
}

/**
 * What this machine lacks for the tests on real clusters. A cluster that somebody else started needs nothing.
 * @returns {Promise<string[]>}
 */
async function missingForCluster() {
  if (process.env.FALKIRK_E2E_KUBECONFIG) return []
  const { missingRequirements } = await loadTypeScript('test/rig/requirements.ts')
  return /** @type {() => string[]} */ (missingRequirements)()
}
