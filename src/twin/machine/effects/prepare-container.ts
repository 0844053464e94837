import { createApiClient } from '../../../cluster/api-client.ts'
import type { Clock } from '../../../cluster/clock.ts'
import { nodes, plans } from '../../../cluster/resource.ts'
import { discoverServer } from '../../../cluster/server-capabilities.ts'
import { mungeVersion } from '../../../core/version/kubernetes-version.ts'
import type { ContainerStart } from '../../kubelet/image-behaviour.ts'
import type { ContainerCourse, CourseEnd } from '../../kubelet/pod/container-course.ts'
import { envValue } from '../image-name.ts'
import type { ContainerApi } from './container-api.ts'

/** What a container with the arguments `prepare PLAN` does. */
export type PrepareContainer = (start: ContainerStart, plan: string) => Partial<ContainerCourse>

interface PlanObject {
  readonly metadata: { readonly name: string }
  readonly status?: { readonly applying?: readonly string[] }
}

interface NodeObject {
  readonly metadata: { readonly name: string }
  readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string } }
}

const pollMs = 5000

/** What of the cluster an agent waits for. */
export interface PrepareFacts {
  readonly plan: PlanObject | undefined
  readonly servers: readonly NodeObject[]
}

/** Why an agent cannot be upgraded yet; `undefined`: it can. `version` is written as tags are. Source: k3s-upgrade, upgrade.sh (prepare). */
export function waitsFor({ plan, servers }: PrepareFacts, name: string, version: string): string | undefined {
  if (plan === undefined) return `plan ${name} is not there`
  const applying = plan.status?.applying ?? []
  if (applying.length > 0) return `plan ${name} is at work on ${applying.join(' ')}`
  const versions = [...new Set(servers.map((server) => mungeVersion(server.status?.nodeInfo?.kubeletVersion ?? '')))].sort()
  if (versions.length === 1 && versions[0] === version) return undefined
  return `the control plane runs ${versions.join(', ')}, not ${version} yet`
}

/** Waits, with the rights of the pod's service account, until the plan rests and every control-plane node has the version. */
export function prepareContainer(api: ContainerApi, clock: Clock, serverLabel: string): PrepareContainer {
  return ({ pod, container }, plan) => {
    if (plan === '') return { seconds: 0, exitCode: 1, log: 'usage: prepare PLAN\n' }
    const version = envValue(container, 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION') ?? ''
    const act = async (signal: AbortSignal): Promise<CourseEnd> => {
      const transport = api(pod)
      const lines: string[] = []
      const look = async () => {
        const client = createApiClient(transport, await discoverServer(transport), { clock })
        const at = { namespace: pod.metadata?.namespace ?? 'default', name: plan }
        const found = await client.find<PlanObject>(plans, at, { signal })
        const { items } = await client.list<NodeObject>(nodes, { labelSelector: serverLabel, signal })
        return waitsFor({ plan: found, servers: items }, plan, version)
      }
      while (!signal.aborted) {
        // while a server is upgraded its API server may be away: that is one more reason to wait
        const reason = await look().catch((error: unknown) => String(error))
        if (reason === undefined) return { exitCode: 0, log: `${lines.join('')}the control plane runs ${version}\n` }
        if (lines.at(-1) !== `${reason}\n`) lines.push(`${reason}\n`)
        await clock.sleep(pollMs, signal)
      }
      return { exitCode: 1, log: lines.join('') }
    }
    return { seconds: 1, act }
  }
}
