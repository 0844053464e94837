import type { Finding } from '../../core/host/finding.ts'
import type { HostFacts } from '../../core/host/host-facts.ts'
import type { HostLayout } from '../../core/host/layout.ts'
import type { NodeOverview } from '../../core/host/node-overview.ts'

/** What was found on a host. `Unseen`: nobody has looked. `Failed`: one sentence why there is nothing to show. */
export type HostReport =
  | { readonly kind: 'Unseen' }
  | { readonly kind: 'Failed'; readonly message: string }
  | { readonly kind: 'Seen'; readonly facts: HostFacts; readonly layout: HostLayout }

/** A node as the API tells of it, and its host as it was found. */
export interface NodeReport {
  readonly node: NodeOverview
  readonly host: HostReport
  readonly findings: readonly Finding[]
}
