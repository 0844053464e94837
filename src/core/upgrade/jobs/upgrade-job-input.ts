import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import type { UpgradeWork } from './upgrade-image.ts'

/** What a Job is made of. */
export interface UpgradeJobInput {
  readonly runName: string
  readonly runUid: string
  readonly namespace: string
  readonly node: Pick<NodeFacts, 'name' | 'labels'>
  /** `Stage`: brings the image to the node and disturbs nothing. */
  readonly step: 'Stage' | 'Change'
  readonly version: string
  readonly attempt: number
  readonly work: UpgradeWork
}
