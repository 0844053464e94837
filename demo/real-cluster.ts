import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogUpdate } from 'log-update'
import { elapsed } from '../scripts/progress.mjs'
import { installFalkirk } from '../test/rig/install-falkirk.ts'
import { type RigCluster, startK3sCluster } from '../test/rig/k3s-cluster.ts'
import { missingRequirements } from '../test/rig/requirements.ts'
import { type ClusterSnapshot, clusterSnapshot, describeChanges, drawFrame } from './cluster-view.ts'

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
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())
  const cluster = await startK3sCluster()
  try {
    await installFalkirk(cluster)
    await cluster.kubectl.apply(readFileSync(plans, 'utf8'))
    const begin = performance.now()
    const done = await follow(cluster, begin, interrupted.signal)
    if (done) process.stdout.write(farewell(cluster, elapsed(begin)))
    if (!exit && !interrupted.signal.aborted) await sleep(2 ** 31 - 1, undefined, { signal: interrupted.signal }).catch(() => {})
    return done ? 0 : 130
  } finally {
    process.stderr.write('ending the cluster\n')
    await cluster.down()
  }
}

function farewell({ kubeconfig }: RigCluster, took: string): string {
  return `
Both Plans are complete after ${took}. Look at the cluster from another terminal:

  export KUBECONFIG=${kubeconfig}
  kubectl get nodes
  kubectl -n system-upgrade get plans,jobs
  kubectl -n system-upgrade logs deployment/system-upgrade-controller

Ctrl-C ends it and cleans everything up.
`
}

/** Shows the cluster until both Plans are complete (true) or somebody interrupts (false). */
async function follow(cluster: RigCluster, begin: number, signal: AbortSignal): Promise<boolean> {
  const live = process.stdout.isTTY === true
  const frame = createLogUpdate(process.stdout)
  let before: ClusterSnapshot | undefined
  while (!signal.aborted) {
    // the API server is away for a moment while its own node is upgraded
    const now = await snapshot(cluster).catch(() => undefined)
    if (live)
      frame(
        now === undefined
          ? `the API server is being restarted, elapsed ${elapsed(begin)}`
          : drawFrame(now, elapsed(begin), process.stdout.columns),
      )
    else if (now !== undefined)
      for (const line of describeChanges(before, now)) process.stdout.write(`${elapsed(begin).padStart(12)}  ${line}\n`)
    before = now ?? before
    if (now !== undefined && now.plans.length > 0 && now.plans.every((p) => p.complete)) {
      frame.done()
      return true
    }
    await sleep(500, undefined, { signal }).catch(() => {})
  }
  frame.done()
  return false
}

async function snapshot({ kubectl }: RigCluster): Promise<ClusterSnapshot> {
  const list = async <T>(...args: string[]) => (await kubectl.json<{ items: T[] }>([...args, '--request-timeout=2s'])).items
  const [nodes, pods, found] = await Promise.all([
    list<Parameters<typeof clusterSnapshot>[0][number]>('get', 'nodes'),
    list<Parameters<typeof clusterSnapshot>[1][number]>('-n', 'system-upgrade', 'get', 'pods', '-l', 'upgrade.cattle.io/plan'),
    list<Parameters<typeof clusterSnapshot>[2][number]>('-n', 'system-upgrade', 'get', 'plans'),
  ])
  return clusterSnapshot(nodes, pods, found)
}
