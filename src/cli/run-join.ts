import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../cluster/clock.ts'
import { loadClusterAccess } from '../cluster/kube-config.ts'
import { type Log, silentLog } from '../cluster/log.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import { type JoinedNodes, joinCluster, joinedLabel } from '../twin/join/join-cluster.ts'
import { seededRandom } from '../twin/time/seeded-random.ts'
import type { JoinSettings } from './join-flags.ts'
import type { SandboxPorts } from './run-sandbox.ts'

/**
 * Nodes of a cluster that is there, until `signal` aborts; then they are deleted, and the pods on them.
 * Throws `FalkirkError` when they cannot join or cannot be deleted.
 */
export async function runJoin(settings: JoinSettings, { say, signal }: SandboxPorts): Promise<void> {
  const { kubeconfig, nodes: count, seed, ...others } = settings
  // what is asked of the server has to be that of the file: neither KUBECONFIG nor a service account takes its place
  const access = await loadClusterAccess({ kubeconfig, env: process.env, interactive: process.stdin.isTTY === true })
  const joined = await joinCluster({ ...others, count, access, clock: systemClock, random: seededRandom(seed), log: interruptions(say) })
  say(greeting(joined))
  while (!signal.aborted) await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => {})
  say(`Deleting ${joined.names.length} nodes and the pods on them ...`)
  const left = await joined.leave().catch((error: unknown) => {
    throw error instanceof FalkirkError ? leftBehind(error) : error
  })
  say(`${left.nodes} nodes and ${left.pods} pods have been deleted.`)
}

function leftBehind(error: FalkirkError): FalkirkError {
  const message = `not all joined nodes could be deleted (${error.message}): kubectl delete nodes -l ${joinedLabel} does it`
  return new FalkirkError(error.code, message, { cause: error })
}

/** Kubelets write nothing to a terminal but that they hear nothing. */
function interruptions(say: (text: string) => void): Log {
  return { ...silentLog, warn: (_, message) => say(`${message}; the kubelets try again`) }
}

function greeting({ names, version, server, logs }: JoinedNodes): string {
  const [first = ''] = names
  const last = names.at(-1) ?? first
  return `
${names.length === 1 ? `The node ${first} has` : `${names.length.toLocaleString('en')} nodes, ${first} to ${last}, have`} joined ${server.url} (${server.version}) with kubelets ${version}.
Pods that are scheduled to them only seem to run. Try

  kubectl get nodes -l ${joinedLabel}
  kubectl get pods -A -o wide -w
  kubectl drain ${last} --ignore-daemonsets --delete-emptydir-data --force
${logs === 'Served' ? '' : '\nThe API server is not on this machine, so that kubectl logs finds nothing on them.\n'}
Ctrl-C deletes them, and the pods on them.`
}
