import type { ContainerObject, PodObject } from './pod-object.ts'

/** One start of a container, as a behaviour function is asked about it. */
export interface ContainerStart {
  readonly pod: PodObject
  readonly container: ContainerObject
  readonly node: string
  readonly init: boolean
  /** The plan whose upgrade this pod is (label `upgrade.cattle.io/plan`); empty for all other pods. */
  readonly plan: string
  /** How many containers of this name have been started for this plan on this node before, all pods counted. */
  readonly before: number
}

/** How a container goes. */
export interface ContainerRun {
  /** Seconds until it ends by itself; Infinity: only when the pod is deleted. */
  readonly seconds: number
  readonly exitCode: number
  readonly log: string
  /** It never starts and shows this instead, e.g. `{reason: 'ImagePullBackOff', message: '…'}`. */
  readonly waiting?: { readonly reason: string; readonly message: string }
  /** Done after `seconds`; its exit code and log count instead of those above. */
  readonly act?: (signal: AbortSignal) => Promise<{ exitCode: number; log: string }>
  /** Of an upgrade container that ends with 0: the version that the kubelet reports from then on; `false`: the old one. */
  readonly setVersion?: string | false
  /** The kubelet is away that long after an upgrade; it writes nothing meanwhile. */
  readonly restartSeconds?: number
  /** The node says Ready=False while the kubelet restarts. */
  readonly notReady?: boolean
  /** How long it takes to end after the pod has been deleted; the pod's grace is the upper bound. */
  readonly stopSeconds?: number
}

/** What a test decides about a container; what it leaves out is the default, which is also taken for `undefined`. */
export type Behaviour = (start: ContainerStart) => Partial<ContainerRun> | undefined

/** Init containers end at once, those of Jobs after `jobSeconds`, all others run until they are deleted. */
export function defaultRun({ pod, init }: ContainerStart, jobSeconds: number): ContainerRun {
  if (init) return { seconds: 0, exitCode: 0, log: '' }
  const finite = pod.metadata.ownerReferences?.some((owner) => owner.kind === 'Job') === true
  return { seconds: finite ? jobSeconds : Number.POSITIVE_INFINITY, exitCode: 0, log: '' }
}
