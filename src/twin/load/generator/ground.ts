import type { KubeObject } from '../../kube-object.ts'
import type { GeneratedNode } from './node-objects.ts'
import type { NodeRoom } from './node-room.ts'
import type { ObjectMaker } from './object-maker.ts'
import type { RunningPods } from './running-pods.ts'

/** What is needed to put applications on nodes. */
export interface Ground {
  readonly maker: ObjectMaker
  readonly room: NodeRoom
  readonly pods: RunningPods
  readonly nodes: readonly GeneratedNode[]
  /** By name. */
  readonly nodeOf: (name: string) => KubeObject | undefined
  /** Where applications run; the control planes only when there is nothing else. In turn over pools and zones. */
  readonly workers: readonly GeneratedNode[]
  readonly storageClass: KubeObject
  readonly zones: readonly string[]
}

/** Seconds that what is generated has been there. */
export const ageSeconds = 20 * 86_400
