import { type ContainerObject, envValue, type PodObject } from './pod-object.ts'

/** One start of the container that changes a machine: what must not happen twice. */
export interface UpgradeRun {
  readonly node: string
  readonly plan: string
  /** As in the plan's status: `+` written as `-`. */
  readonly version: string
  readonly pod: string
  readonly startedAtMs: number
  endedAtMs?: number
  exitCode?: number
}

/** The Plan or ClusterUpgrade of an upgrade pod; empty for all others. */
export function planOf(pod: PodObject): string {
  const { labels = {} } = pod.metadata
  if (labels['falkirk.dev/run'] === undefined) return labels['upgrade.cattle.io/plan'] ?? ''
  return pod.spec.containers.map((container) => envValue(container, 'SYSTEM_UPGRADE_PLAN_NAME')).find((name) => name !== undefined) ?? ''
}

export function isUpgradeContainer(pod: PodObject, container: ContainerObject): boolean {
  return planOf(pod) !== '' && container.name === 'upgrade'
}

/** The version that a plan wants, as its label and environment have it. */
export function plannedVersion(pod: PodObject, container: ContainerObject): string {
  return envValue(container, 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION') ?? pod.metadata.labels?.['upgrade.cattle.io/version'] ?? ''
}

/**
 * What a kubelet of that release reports: image tags cannot hold a `+`, so `v1.20.3-k3s1` stands for `v1.20.3+k3s1`. Undefined for
 * what is no Kubernetes version (an OS plan): then the node keeps its version.
 */
export function reportedVersion(planned: string): string | undefined {
  if (!/^v1\.\d+\.\d+/.test(planned)) return undefined
  return planned.replace(/-((?:k3s|rke2r)\d+)$/, '+$1')
}
