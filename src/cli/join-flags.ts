import type { Distribution } from '../twin/machine/distribution.ts'
import { bad, distributionOf, kubernetesVersionOf, nodeCountOf, seedOf, speedOf } from './flag-values.ts'
import type { SandboxFlags } from './sandbox-flags.ts'

/** What is wanted of nodes that join a cluster. */
export interface JoinSettings {
  /** Of the cluster that they join. */
  readonly kubeconfig: string
  readonly nodes: number
  /** Absent: that of the API server. */
  readonly version?: string
  readonly distribution?: Distribution
  readonly speed: number
  readonly seed: number
}

/** What is of no use where the cluster is there already, and why. */
const useless = {
  kubeconfig: 'it has a kubeconfig already',
  load: 'it has objects of its own',
  scenario: 'stories are played on a twin',
  pods: 'it has pods of its own',
  port: 'it has an API server of its own',
} as const satisfies Partial<Record<keyof SandboxFlags, string>>

/** Reads the flags that stand beside --join. Throws FK_BAD_SETTING with one sentence that names the flag. */
export function joinSettings(kubeconfig: string, flags: SandboxFlags): JoinSettings {
  for (const [flag, why] of Object.entries(useless)) {
    if (flags[flag as keyof typeof useless] === undefined) continue
    throw bad(`--join names a cluster that is there, so --${flag} has nothing to say (${why}): leave one of them out`)
  }
  const { nodes, version, distribution, speed = '1', seed = '1' } = flags
  if (kubeconfig === '') throw bad('--join is empty: name the kubeconfig of the cluster')
  if (nodes === undefined) throw bad('--join needs --nodes: say how many nodes are to join')
  return {
    kubeconfig,
    nodes: nodeCountOf(nodes),
    ...(version === undefined ? {} : { version: kubernetesVersionOf(version).text }),
    ...(distribution === undefined ? {} : { distribution: distributionOf(distribution) }),
    speed: speedOf(speed),
    seed: seedOf(seed),
  }
}
