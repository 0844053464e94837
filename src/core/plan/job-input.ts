import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { Plan } from './plan.ts'
import type { PlanSettings } from './plan-settings.ts'

/** All that a Job is made from. */
export interface JobInput {
  readonly plan: Plan
  /** `status.latestVersion`: every `+` is a `-` already. */
  readonly latestVersion: string
  readonly latestHash: string
  readonly node: NodeFacts
  readonly settings: PlanSettings
  readonly controllerName: string
  /** The node's hostname is in `status.applying`: the Job starts at once, otherwise it is created paused. */
  readonly applying: boolean
  /** `Controller`: the node is prepared and drained already, so the Job does the upgrade alone. */
  readonly drainBy: 'Job' | 'Controller'
  /** Set for the Job that a controller which drains makes before it looks at the node's pods. */
  readonly stage?: 'Prepare'
  /** 1 for the first try on this node. */
  readonly attempt: number
  /** Another node's name begins with the same DNS label. */
  readonly sharesFirstLabel: boolean
}

export function isWindows(node: Pick<NodeFacts, 'labels'>): boolean {
  return node.labels['kubernetes.io/os'] === 'windows'
}
