import type { Observer } from '../../rig/observer.ts'
import type { SimulatedKubelets } from '../../rig/simulated-kubelets/simulated-kubelets.ts'
import type { Rollout } from './rollout.ts'
import { namespace } from './stage.ts'

/** What a rollout has come to, without names, UIDs and times: two that went the same way are equal. */
export interface EndState {
  /** The different ways in which its nodes ended: one when all went well. */
  readonly nodes: readonly NodeEnd[]
  readonly conditions: Readonly<Record<string, string>>
  readonly applying: readonly string[]
  readonly latestVersion: string
}

interface NodeEnd {
  readonly unschedulable: boolean
  readonly ready: boolean
  readonly kubeletVersion: string
  readonly taints: readonly string[]
  readonly journal: string
  /** The label that says done has the Plan's hash. */
  readonly done: boolean
  /** How often the upgrade container was started here. */
  readonly runs: number
  readonly jobs: readonly string[]
}

/** Looks when Kubernetes itself has settled: it takes its own taints away some seconds after a node is Ready. */
export async function endState(
  { observer, kubelets }: { observer: Observer; kubelets: SimulatedKubelets },
  rollout: Rollout,
): Promise<EndState> {
  const tainted = (name: string) => observer.nodes.get(name)?.taints.some((taint) => taint.startsWith('node.kubernetes.io/')) === true
  await observer.until('Kubernetes has taken its taints away', () => !rollout.nodes.some(tainted))
  const plan = observer.plans.get(`${namespace}/${rollout.name}`)
  const nodes = rollout.nodes.map((name): NodeEnd => {
    const node = observer.nodes.get(name)
    return {
      unschedulable: node?.unschedulable ?? false,
      ready: node?.ready ?? false,
      kubeletVersion: node?.kubeletVersion ?? 'gone',
      taints: node?.taints ?? [],
      journal: node?.journal ?? '',
      done: rollout.done(name) === rollout.hash() && rollout.hash() !== '',
      runs: kubelets.runs.filter((run) => run.node === name && run.plan === rollout.name).length,
      jobs: rollout.jobs().flatMap((job) => (job.node === name ? [`${job.version} ${job.end}`] : [])),
    }
  })
  const different = [...new Map(nodes.map((node) => [JSON.stringify(node), node])).values()]
  return { nodes: different, conditions: plan?.conditions ?? {}, applying: plan?.applying ?? [], latestVersion: plan?.latestVersion ?? '' }
}
