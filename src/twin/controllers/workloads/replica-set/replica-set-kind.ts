import type { LabelSelector } from '../../../../core/kubernetes/label-selector-schema.ts'
import type { KubeObject } from '../../../kube-object.ts'
import type { OwnerKind } from '../controller-reference.ts'
import { selectorOf } from '../workload-selector.ts'

/** A kind that keeps a number of equal pods: what the two of them do not have in common. */
export interface ReplicaSetKind extends OwnerKind {
  readonly component: string
  selectorOf(object: KubeObject): LabelSelector | undefined
}

export const replicaSets: ReplicaSetKind = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  resource: 'replicasets.apps',
  component: 'replicaset-controller',
  selectorOf,
}

/** The older kind: its selector is a map of labels. */
export const replicationControllers: ReplicaSetKind = {
  apiVersion: 'v1',
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  component: 'replication-controller',
  selectorOf: (object) => {
    const { selector } = object.spec as { selector?: Record<string, string> }
    return selector === undefined || Object.keys(selector).length === 0 ? undefined : { matchLabels: selector }
  },
}
