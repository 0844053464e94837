/** One member of the control plane. */
export interface ControlPlaneMember {
  readonly node: string
  /** Of its API server. */
  readonly version: string
  /** Whether its API server answers. */
  readonly serving: boolean
  /** Whether its etcd member takes part in the consensus. */
  readonly etcd: 'Up' | 'Down' | 'None'
}

/** Whether the API can be used, and if not, how a request fails. */
export type ApiAvailability =
  | { readonly kind: 'Available' }
  /** Connections are refused. */
  | { readonly kind: 'NoServer'; readonly message: string }
  /** The servers answer, and every request that needs the store fails. */
  | { readonly kind: 'NoQuorum'; readonly message: string }

/** A majority of all members, also of those that are down. Source: etcd FAQ, "What is failure tolerance?". */
export function quorumOf(members: number): number {
  return Math.floor(members / 2) + 1
}

/** What members that are partly down can still do together. A control plane without members is somebody else's and is up. */
export function apiAvailability(members: readonly ControlPlaneMember[]): ApiAvailability {
  if (members.length === 0) return { kind: 'Available' }
  if (!members.some(({ serving }) => serving)) {
    return { kind: 'NoServer', message: `none of ${members.length} API servers is up: ${members.map(({ node }) => node).join(', ')}` }
  }
  const etcd = members.filter((member) => member.etcd !== 'None')
  const up = etcd.filter((member) => member.etcd === 'Up').length
  if (etcd.length === 0 || up >= quorumOf(etcd.length)) return { kind: 'Available' }
  return {
    kind: 'NoQuorum',
    message: `etcd has lost its quorum: ${up} of ${etcd.length} members are up, ${quorumOf(etcd.length)} are needed`,
  }
}
