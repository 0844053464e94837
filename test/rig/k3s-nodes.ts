import { setTimeout as sleep } from 'node:timers/promises'
import type { PlainApi } from './plain-api.ts'

interface NodeObject {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[]
    readonly nodeInfo?: { readonly kubeletVersion: string; readonly bootID: string }
  }
}

const withinMs = 120_000

/** A node as its host knows it. */
export interface BootedNode {
  readonly name: string
  readonly bootId: string
}

/**
 * Resolves when the API server answers and all these nodes are Ready since their last boot: what a node said of itself before it does
 * not count. A server that is away for a while is waited for.
 */
export async function untilNodesReady(api: PlainApi, expected: readonly BootedNode[]): Promise<void> {
  let last = 'the API server has not answered'
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline) {
    const nodes = await api.get<{ items: NodeObject[] }>('/api/v1/nodes').then(
      ({ items }) => items,
      (error: Error) => {
        last = error.message
        return undefined
      },
    )
    const waiting = nodes && expected.map((node) => whyNotReady(node, nodes)).filter((reason) => reason !== undefined)
    if (waiting?.length === 0) return
    if (waiting !== undefined) last = waiting.join('; ')
    await sleep(200)
  }
  throw new Error(`not all nodes are Ready after ${withinMs / 1000} s: ${last}`)
}

/** Resolves when the node reports this version and is Ready. */
export async function untilNodeRuns(api: PlainApi, name: string, version: string, timeoutMs = withinMs): Promise<void> {
  let seen = 'nothing'
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    // the API server itself may be away for its own upgrade
    const node = await api.get<NodeObject>(`/api/v1/nodes/${name}`).catch(() => undefined)
    seen = node?.status?.nodeInfo?.kubeletVersion ?? seen
    if (node !== undefined && seen === version && whyNotReady({ name }, [node]) === undefined) return
    await sleep(200)
  }
  throw new Error(`${name} does not run ${version} after ${timeoutMs / 1000} s; it last reported ${seen}`)
}

/**
 * Gives the servers the role labels that k3s gives its own: several are members of an etcd of theirs. A kubelet may not do that itself
 * (NodeRestriction).
 */
export async function labelServers(api: PlainApi, names: readonly string[]): Promise<void> {
  const roles = ['control-plane', 'master', ...(names.length > 1 ? ['etcd'] : [])]
  const labels = Object.fromEntries(roles.map((role) => [`node-role.kubernetes.io/${role}`, 'true']))
  for (const name of names) await api.patch(`/api/v1/nodes/${name}`, { metadata: { labels } })
}

/** Pods are refused before their namespace has its service account, which the controller manager makes. */
export async function untilDefaultAccount(api: PlainApi): Promise<void> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const failure = await api.get('/api/v1/namespaces/default/serviceaccounts/default').then(
      () => undefined,
      (error: Error) => error,
    )
    if (failure === undefined) return
    if (Date.now() > deadline) throw failure
    await sleep(200)
  }
}

function whyNotReady({ name, bootId }: { name: string; bootId?: string }, nodes: readonly NodeObject[]): string | undefined {
  const node = nodes.find(({ metadata }) => metadata.name === name)
  if (node === undefined) return `${name} has not registered`
  if (bootId !== undefined && node.status?.nodeInfo?.bootID !== bootId) return `${name} has said nothing since its last boot`
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status === 'True' ? undefined : `${name} is not Ready: ${ready?.message ?? 'it has sent no status'}`
}
