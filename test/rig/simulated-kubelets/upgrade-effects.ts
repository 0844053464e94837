import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandResult } from '../command.ts'
import type { PlainApi } from '../plain-api.ts'
import type { ContainerRun } from './container-behaviour.ts'
import type { KubeletNode } from './kubelet-node.ts'
import type { ContainerObject, PodObject } from './pod-object.ts'

/** Runs a kubectl image's arguments; the pod tells whose rights it has. */
export type KubectlContainer = (args: readonly string[], pod: PodObject) => Promise<CommandResult>

type Act = NonNullable<ContainerRun['act']>

/**
 * What the init containers of an upgrade pod do: `cordon` and `drain` act on the node, with a real kubectl where there is one and
 * else by a plain cordon; `prepare PLAN` waits for another plan as the k3s and RKE2 upgrade images do.
 */
export function initEffect(
  { pod, container, node }: { pod: PodObject; container: ContainerObject; node: KubeletNode },
  { api, kubectl }: { api: PlainApi; kubectl: KubectlContainer | undefined },
): Act | undefined {
  const args = container.args ?? []
  if (container.name === 'cordon' || container.name === 'drain') {
    return kubectl === undefined ? () => cordonOnly(node) : () => runKubectl(kubectl, args, pod)
  }
  const [verb, plan] = args
  if (container.name === 'prepare' && verb === 'prepare' && plan !== undefined) {
    return (signal) => waitForPlan(api, `/apis/upgrade.cattle.io/v1/namespaces/${pod.metadata.namespace}/plans/${plan}`, signal)
  }
  return undefined
}

async function cordonOnly(node: KubeletNode): Promise<{ exitCode: number; log: string }> {
  await node.cordon()
  return { exitCode: 0, log: `node/${node.name} cordoned\n` }
}

async function runKubectl(kubectl: KubectlContainer, args: readonly string[], pod: PodObject): Promise<{ exitCode: number; log: string }> {
  const { exitCode, stdout, stderr } = await kubectl(args, pod)
  return { exitCode, log: `${stdout}${stderr}` }
}

async function waitForPlan(api: PlainApi, path: string, signal: AbortSignal): Promise<{ exitCode: number; log: string }> {
  while (!signal.aborted) {
    const plan = await api.get<{ status?: { applying?: string[]; latestHash?: string } }>(path).catch(() => undefined)
    if (plan?.status?.latestHash !== undefined && (plan.status.applying ?? []).length === 0)
      return { exitCode: 0, log: 'the other plan is done\n' }
    await sleep(250, undefined, { signal }).catch(() => undefined)
  }
  return { exitCode: 1, log: 'ended while waiting for the other plan\n' }
}
