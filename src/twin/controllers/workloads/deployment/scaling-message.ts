/** A ReplicaSet that gets another size. */
export interface SizeChange {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** The event ScalingReplicaSet in the words of a minor of Kubernetes 1: from 1.26 with the size before, from 1.31 in another order. */
export function scalingMessage({ name, from, to }: SizeChange, minor: number): string {
  const verb = `Scaled ${to > from ? 'up' : 'down'} replica set ${name}`
  if (minor >= 31) return `${verb} from ${from} to ${to}`
  return minor >= 26 ? `${verb} to ${to} from ${from}` : `${verb} to ${to}`
}
