import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { elapsed, step } from '../scripts/progress.mjs'
import { rigBinaries } from '../test/rig/binaries.ts'
import { attempt } from '../test/rig/command.ts'
import { installFalkirk } from '../test/rig/install-falkirk.ts'
import { type RigCluster, startK3sCluster } from '../test/rig/k3s-cluster.ts'
import { missingRequirements } from '../test/rig/requirements.ts'
import { interruptedCode, interruption } from './interruption.ts'
import { watchRollout } from './watch-rollout.ts'

const plans = new URL('plans.yaml', import.meta.url)

/**
 * Starts a real cluster of one server and two agents, installs Falkirk, applies two Plans and shows them at work; then waits for Ctrl-C, unless
 * `exit` is set. Everything is gone afterwards. Resolves with the exit code.
 */
export async function main({ exit = false }: { exit?: boolean } = {}): Promise<number> {
  const missing = missingRequirements()
  if (missing.length > 0) {
    process.stderr.write(`a real cluster cannot be started here: ${missing.join('; ')}\n`)
    return 2
  }
  const signal = interruption()
  const cluster = await startK3sCluster({ signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  if (cluster === undefined) return interruptedCode
  try {
    return (await show(cluster, signal, exit)) ? 0 : interruptedCode
  } catch (error) {
    if (signal.aborted) return interruptedCode
    throw error
  } finally {
    await step('ending the cluster', () => cluster.down())
  }
}

/** True when both Plans were complete before somebody interrupted. */
async function show(cluster: RigCluster, signal: AbortSignal, exit: boolean): Promise<boolean> {
  await installFalkirk(cluster)
  signal.throwIfAborted()
  await cluster.kubectl.apply(readFileSync(plans, 'utf8'))
  const begin = performance.now()
  if (!(await watchRollout(cluster.api, signal))) return false
  process.stdout.write(await farewell(cluster, elapsed(begin)))
  if (!exit) await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => {})
  return true
}

async function farewell({ kubeconfig }: RigCluster, took: string): Promise<string> {
  const hasKubectl = (await attempt('which', ['kubectl'])).exitCode === 0
  const alias = hasKubectl ? '' : `  alias kubectl=${(await rigBinaries()).kubectl}\n`
  return `
Both Plans are complete after ${took}. Look at the cluster from another terminal:

  export KUBECONFIG=${kubeconfig}
${alias}  kubectl get nodes
  kubectl -n system-upgrade get plans,jobs
  kubectl -n system-upgrade logs deployment/system-upgrade-controller

Ctrl-C ends it and cleans everything up.
`
}
